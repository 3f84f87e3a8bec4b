import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RuleFileProblem } from '../../../../src-preload/contract/threats.ts';
import type { LoadedRule } from './rule-file.ts';
import { MAX_RULE_FILE_BYTES } from './rule-file.ts';
import type { RuleText } from './rule-set.ts';

/** Most rule files of one directory tree. */
export const MAX_RULE_FILES = 500;

/** Rule files of a directory tree in a stable order, with what could not be read. */
export async function readRuleDirectory(
  directory: string,
  origin: LoadedRule['origin'],
): Promise<{ texts: RuleText[]; problems: RuleFileProblem[] }> {
  const texts: RuleText[] = [];
  const problems: RuleFileProblem[] = [];
  const report = (file: string, key: string, detail: string): void => {
    problems.push({ file, line: 1, field: '', message: { key, parameters: { detail } } });
  };
  let names: string[];
  try {
    names = (await readdir(directory, { recursive: true })).filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch (error) {
    // A user who has written no rules has no directory for them.
    if (isMissing(error) && origin === 'user') return { texts, problems };
    report(directory, 'detect.rule-file.unreadable', String(error));
    return { texts, problems };
  }
  if (names.length > MAX_RULE_FILES) {
    report(directory, 'detect.rule-file.too-many', String(names.length));
    names = names.slice(0, MAX_RULE_FILES);
  }
  for (const name of names) {
    const path = join(directory, name);
    const file = origin === 'built-in' ? relative(directory, path) : path;
    try {
      if ((await stat(path)).size > MAX_RULE_FILE_BYTES) report(file, 'detect.rule-file.too-large', String(MAX_RULE_FILE_BYTES));
      else texts.push({ file, text: await readFile(path, 'utf8'), origin });
    } catch (error) {
      report(file, 'detect.rule-file.unreadable', String(error));
    }
  }
  return { texts, problems };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
