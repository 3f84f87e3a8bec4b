import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { RuleFileProblem } from '../../../src-preload/contract/threats.ts';
import { ruleFileSchema, type AlertRule } from './rule.ts';

export interface LoadedRules {
  rules: AlertRule[];
  /** Files left out, each with the place of its first faults. */
  problems: RuleFileProblem[];
}

/** Reads every `*.yaml` of a folder, by name. A faulty file is left out as a whole and said so. */
export function loadAlertRules(folder: string): LoadedRules {
  const loaded: LoadedRules = { rules: [], problems: [] };
  const known = new Set<string>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.yaml')) continue;
    const file = join(folder, name);
    const { rules, problems } = readRuleFile(file, readFileSync(file, 'utf8'));
    loaded.problems.push(...problems);
    for (const rule of rules) {
      if (known.has(rule.id)) {
        loaded.problems.push(problem(file, 1, 'id', 'alerts.problem.sameId', { id: rule.id }));
        continue;
      }
      known.add(rule.id);
      loaded.rules.push(rule);
    }
  }
  return loaded;
}

/** Parses one file; all of it or nothing. */
export function readRuleFile(file: string, text: string): LoadedRules {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const line = lines.linePos(syntax.pos[0]).line;
    return {
      rules: [],
      problems: [problem(file, line, '', 'alerts.problem.syntax', { reason: syntax.code })],
    };
  }
  const result = ruleFileSchema.safeParse(document.toJS());
  if (result.success) return { rules: result.data.rules, problems: [] };
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    return problem(file, lineOf(document, lines, path), path.join('.'), 'alerts.problem.invalid', {
      reason: issue.message,
    });
  });
  return { rules: [], problems };
}

/** Line of the deepest part of the path that is in the file. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: (string | number)[],
): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function problem(
  file: string,
  line: number,
  field: string,
  key: string,
  parameters: Record<string, string | number>,
): RuleFileProblem {
  return { file, line, field, message: { key, parameters } };
}
