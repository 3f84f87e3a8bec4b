import { createHash } from 'node:crypto';
import { LineCounter, parseDocument, isNode } from 'yaml';
import type { RuleFileProblem } from '../../../../src-preload/contract/threats.ts';
import { ruleFileSchema, type Rule } from './rule-schema.ts';

/** Largest rule file that is read. */
export const MAX_RULE_FILE_BYTES = 2_000_000;

/** A rule with where it came from. */
export interface LoadedRule {
  rule: Rule;
  file: string;
  origin: 'built-in' | 'user';
  /** Of the rule's content: an unchanged rule keeps its buckets over a reload. */
  hash: string;
  /** 1-based line at which the rule begins. */
  line: number;
}

export interface RuleFile {
  rules: LoadedRule[];
  problems: RuleFileProblem[];
}

/**
 * Reads one rule file. Nothing of a file with a problem is used: half a rule set would be a silent hole.
 * @param file name for messages
 */
export function readRuleFile(file: string, text: string, origin: LoadedRule['origin']): RuleFile {
  if (Buffer.byteLength(text) > MAX_RULE_FILE_BYTES) {
    return failed(file, 1, '', 'detect.rule-file.too-large', { limit: MAX_RULE_FILE_BYTES });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined) {
    const line = lines.linePos(fault.pos[0]).line;
    return failed(file, line, '', 'detect.rule-file.syntax', { detail: fault.message.split('\n')[0] ?? '' });
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  // Aliases could make a small file huge; rules need none.
  const parsed = ruleFileSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!parsed.success) {
    return {
      rules: [],
      problems: parsed.error.issues.slice(0, 20).map((issue) => ({
        file,
        line: lineOf(issue.path),
        field: issue.path.join('.'),
        message: { key: 'detect.rule-file.field', parameters: { detail: issue.message } },
      })),
    };
  }
  const rules = parsed.data.rules.map((rule, index) => ({
    rule,
    file,
    origin,
    hash: createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 24),
    line: lineOf(['rules', index]),
  }));
  return { rules, problems: [] };
}

function failed(
  file: string,
  line: number,
  field: string,
  key: string,
  parameters: Record<string, string | number>,
): RuleFile {
  return { rules: [], problems: [{ file, line, field, message: { key, parameters } }] };
}
