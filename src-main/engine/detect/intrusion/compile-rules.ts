import type { RuleFileProblem } from '../../../../src-preload/contract/threats.ts';
import type { CompiledAuthRule } from './auth-rules.ts';
import type { CompiledLineRule } from './line-rules.ts';
import { readRuleFile, type LoadedRule, type RuleFile } from './rule-file.ts';
import { addCompiled, versionOf, type CompiledBucketRule, type RuleSet } from './rule-set.ts';

/** One rule file's name and text, as the caller read it. */
export interface RuleText {
  file: string;
  text: string;
  origin: LoadedRule['origin'];
}

export interface RuleSetResult {
  rules: RuleSet;
  problems: RuleFileProblem[];
}

/** What reads one rule file: {@link readRuleFile}, or what remembers its answers. */
export type ReadRuleFile = (file: string, text: string, origin: LoadedRule['origin']) => RuleFile;

/**
 * Compiles rule files, in the given order. A file with a problem is left out as a whole and named; the rest works.
 * Rule ids must be unique over all files: the first one keeps it.
 */
export function compileRules(
  texts: readonly RuleText[],
  readFile: ReadRuleFile = readRuleFile,
): RuleSetResult {
  const problems: RuleFileProblem[] = [];
  const lines: CompiledLineRule[] = [];
  const auth: CompiledAuthRule[] = [];
  const buckets: CompiledBucketRule[] = [];
  const loaded: LoadedRule[] = [];
  const taken = new Set<string>();
  for (const { file, text, origin } of texts) {
    const read = readFile(file, text, origin);
    problems.push(...read.problems);
    const compiled = read.problems.length > 0 ? undefined : compileFile(read.rules, taken, problems);
    if (compiled === undefined) continue;
    lines.push(...compiled.lines);
    auth.push(...compiled.auth);
    buckets.push(...compiled.buckets);
    loaded.push(...read.rules);
    for (const rule of read.rules) taken.add(rule.rule.id);
  }
  return { rules: { version: versionOf(loaded), lines, auth, buckets, loaded }, problems };
}

type CompiledFile = Pick<RuleSet, 'lines' | 'auth' | 'buckets'>;

function compileFile(
  rules: readonly LoadedRule[],
  taken: ReadonlySet<string>,
  problems: RuleFileProblem[],
): CompiledFile | undefined {
  const compiled: CompiledFile = { lines: [], auth: [], buckets: [] };
  const own = new Set<string>();
  const before = problems.length;
  for (const loaded of rules) {
    const { rule, file, line } = loaded;
    if (taken.has(rule.id) || own.has(rule.id)) {
      problems.push({
        file,
        line,
        field: 'id',
        message: { key: 'detect.rule-file.duplicate', parameters: { id: rule.id } },
      });
      continue;
    }
    own.add(rule.id);
    try {
      addCompiled(compiled, loaded);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      problems.push({
        file,
        line,
        field: 'patterns',
        message: { key: 'detect.rule-file.pattern', parameters: { id: rule.id, detail } },
      });
    }
  }
  return problems.length === before ? compiled : undefined;
}
