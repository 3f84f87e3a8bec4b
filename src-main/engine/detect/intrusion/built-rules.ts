import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ReadRuleFile, RuleText } from './compile-rules.ts';
import { readRuleFile, type LoadedRule } from './rule-file.ts';
import type { Rule } from './rule-schema.ts';

/*
 * Our own rules as the build has read them: reading them from YAML took longer than all else at the start. They stand
 * under the hash of their file's text, so that a text that is another is read anew.
 */

/** Rules themselves are not checked again: who can write this file can write the program it lies beside. */
const builtRulesSchema = z.record(
  z.string(),
  z.array(
    z.object({
      rule: z.custom<Rule>((rule) => typeof rule === 'object' && rule !== null && 'kind' in rule),
      file: z.string(),
      origin: z.literal('built-in'),
      hash: z.string(),
      line: z.number(),
    }),
  ),
);
type BuiltRules = Record<string, LoadedRule[]>;

/**
 * What the build writes.
 * @throws Error when one of our own files has a problem
 */
export function writeBuiltRules(texts: readonly RuleText[]): string {
  const built: BuiltRules = {};
  for (const { file, text } of texts) {
    const { rules, problems } = readRuleFile(file, text, 'built-in');
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    built[hashOf(text)] = rules;
  }
  return JSON.stringify(built);
}

/**
 * Reads rule files, our own from what the build has read of them.
 * @param path what {@link writeBuiltRules} wrote; undefined, missing or damaged: all is read from its text
 */
export function ruleFileReader(path: string | undefined): ReadRuleFile {
  const built = path === undefined ? {} : readBuiltRules(path);
  return (file, text, origin) => {
    const rules = origin === 'built-in' ? built[hashOf(text)] : undefined;
    if (rules === undefined) return readRuleFile(file, text, origin);
    // Built elsewhere, where folders may be written differently.
    return { rules: rules.map((loaded) => ({ ...loaded, file })), problems: [] };
  };
}

function readBuiltRules(path: string): BuiltRules {
  try {
    return builtRulesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Nothing is lost but time: the texts are there.
    return {};
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
