import type { LineRule, StructureName } from './rule-schema.ts';
import type { LoadedRule } from './rule-file.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { requiredLiterals } from '../../flow/required-literals.ts';
import { findMarkup } from './structure/html.ts';
import { findTraversal } from './structure/path.ts';
import { findShell } from './structure/shell.ts';
import { findSql } from './structure/sql.ts';
import type { Place, TextView } from './text-view.ts';

/** A line rule ready to run. */
export interface CompiledLineRule {
  rule: LineRule;
  loaded: LoadedRule;
  /**
   * One of these is in every field the rule matches, lower case; undefined where it must always be asked. Worked out when
   * first asked for: only what matches lines does.
   */
  literals(): readonly string[] | undefined;
  /** The part of the field that matched, undefined where none did. */
  find(view: TextView): string | undefined;
}

const STRUCTURE: Readonly<Record<StructureName, (value: string) => string | undefined>> = {
  sql: findSql,
  html: findMarkup,
  shell: findShell,
  path: findTraversal,
};

/** Which forms of a field a structure reads. */
const READS_WHOLE: Readonly<Record<StructureName, boolean>> = {
  sql: false,
  html: true,
  shell: false,
  path: true,
};

/** Longest matched text that is kept for evidence. */
const MAX_MATCH_LENGTH = 200;

/** @throws the expression engine's error when a pattern is not valid */
export function compileLineRule(loaded: LoadedRule, rule: LineRule): CompiledLineRule {
  const grouped = groupPatterns(rule, loaded.origin);
  const except = rule.except.map((source) => compilePattern(source, loaded.origin));
  const structure = rule.structure;
  const analyse = structure === undefined ? undefined : STRUCTURE[structure];
  const places = new Set<Place>(rule.on);
  const find = (view: TextView): string | undefined => {
    if (!places.has(view.place)) return undefined;
    let found: string | undefined;
    if (analyse !== undefined && structure !== undefined) {
      if (READS_WHOLE[structure]) found = analyse(view.text);
      for (const value of found === undefined ? view.values : []) {
        found = analyse(value);
        if (found !== undefined) break;
      }
    }
    found ??= first(grouped.text, view.text);
    if (found === undefined && grouped.path.length > 0) found = first(grouped.path, view.path);
    if (found === undefined && grouped.values.length > 0) {
      for (const value of view.values) {
        found = first(grouped.values, value);
        if (found !== undefined) break;
      }
    }
    if (found === undefined) return undefined;
    return except.some((pattern) => pattern.find(view.text) !== undefined)
      ? undefined
      : found.slice(0, MAX_MATCH_LENGTH);
  };
  let known: { literals: readonly string[] | undefined } | undefined;
  return { rule, loaded, literals: () => (known ??= { literals: literalsOf(rule) }).literals, find };
}

/** A structure is told by no literal. */
function literalsOf(rule: LineRule): readonly string[] | undefined {
  if (rule.structure !== undefined) return undefined;
  const lists = rule.patterns.map(({ pattern }) => requiredLiterals(pattern));
  return lists.some((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

interface GroupedPatterns {
  text: Pattern[];
  path: Pattern[];
  values: Pattern[];
}

/**
 * Our own patterns are joined into one expression per form: one pass over the text instead of one a pattern. A user's
 * stay apart, each behind its literal.
 */
function groupPatterns(rule: LineRule, origin: LoadedRule['origin']): GroupedPatterns {
  const sources = { text: [] as string[], path: [] as string[], values: [] as string[] };
  for (const pattern of rule.patterns) sources[pattern.on].push(pattern.pattern);
  const compile = (patterns: string[]): Pattern[] => {
    if (patterns.length === 0) return [];
    if (origin === 'user') return patterns.map((source) => compilePattern(source, origin));
    return [compilePattern(patterns.map((source) => `(?:${source})`).join('|'), origin)];
  };
  return { text: compile(sources.text), path: compile(sources.path), values: compile(sources.values) };
}

function first(patterns: readonly Pattern[], text: string): string | undefined {
  for (const pattern of patterns) {
    const found = pattern.find(text);
    if (found !== undefined) return found[0];
  }
  return undefined;
}
