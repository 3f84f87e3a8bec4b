import type { z } from 'zod';
import {
  settingsSchema,
  type Settings,
  type SettingsProblem,
} from '../../../src-preload/contract/settings.ts';
import { expressionFaults } from './expressions.ts';
import type { Path, SettingsDocument } from './settings-document.ts';

/** Values given on the command line, by dotted path. */
export type Overrides = Record<string, unknown>;

/** Settings that hold, or what is wrong with them. */
export type Merged =
  { settings: Settings; problems: [] } | { settings: undefined; problems: SettingsProblem[] };

/**
 * Lays the layers over each other: defaults, managed file, user's file, command line; later ones win, maps are merged key
 * by key, lists are replaced. The whole is checked, and a fault is reported where the value was written.
 * @param documents weakest first
 */
export function merge(documents: SettingsDocument[], overrides: Overrides): Merged {
  const faults = documents.flatMap((document) => document.problems());
  if (faults.length > 0) return { settings: undefined, problems: faults };
  let whole: unknown = {};
  for (const document of documents) whole = laidOver(whole, document.content());
  for (const [path, value] of Object.entries(overrides))
    whole = laidOver(whole, nested(path.split('.'), value));
  const checked = settingsSchema.safeParse(whole);
  if (checked.success) {
    const expressions = expressionFaults(checked.data);
    if (expressions.length === 0) return { settings: checked.data, problems: [] };
    const problems = expressions.map(({ path, message }) => problemAt(path, message, documents));
    return { settings: undefined, problems };
  }
  return {
    settings: undefined,
    problems: checked.error.issues.flatMap((issue) => problemsOf(issue, documents)),
  };
}

function problemsOf(issue: z.core.$ZodIssue, documents: SettingsDocument[]): SettingsProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problemAt(
        [...path, key],
        { key: 'settings.problem.unknownField', parameters: { field: key } },
        documents,
      ),
    );
  }
  return [
    problemAt(path, { key: 'settings.problem.invalid', parameters: { reason: issue.message } }, documents),
  ];
}

/** Names the strongest file that has the field; a fault in none of them came from the command line. */
function problemAt(
  path: Path,
  message: SettingsProblem['message'],
  documents: SettingsDocument[],
): SettingsProblem {
  const document =
    documents.findLast((each) => each.has(path)) ?? documents.findLast((each) => each.has(path.slice(0, -1)));
  return { file: document?.file ?? '', line: document?.lineOf(path) ?? 0, field: path.join('.'), message };
}

function laidOver(below: unknown, above: unknown): unknown {
  if (!isPlainObject(below) || !isPlainObject(above)) return above === undefined ? below : above;
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    // Own property even for `__proto__`, which strictObject then refuses by name.
    Object.defineProperty(result, key, {
      value: laidOver(below[key], value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

function nested(path: string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
