import { LOG_CLASSES } from '../../../src-preload/contract/log-classes.ts';
import type { LogSource } from '../../../src-preload/contract/log-sources.ts';
import type { Completion } from '../../../src-preload/contract/logs.ts';
import { LEVEL_NAMES, QUERY_FIELDS, queryFieldOf } from '../../../src-preload/contract/query/fields.ts';
import { fieldTerm } from '../../../src-preload/contract/query/print.ts';
import { wordAt } from '../../../src-preload/contract/query/word.ts';
import { FORMATS } from '../flow/parsed-batch.ts';
import type { FieldValue } from '../store/types.ts';

/** What completing is told of the logs. */
export interface CompletionSources {
  names: () => Promise<FieldValue[]>;
  values: (name: string) => Promise<FieldValue[]>;
  sources: () => LogSource[];
}

/** More than fit into a list nobody reads. */
const MAX_ITEMS = 20;

/**
 * What could stand at the caret: names of fields while a name is typed, values behind a colon.
 * @returns the stretch of the text that an item takes the place of
 */
export async function complete(
  text: string,
  caret: number,
  known: CompletionSources,
): Promise<{ from: number; to: number; items: Completion[] }> {
  const word = wordAt(text, caret);
  const { from, to } = word;
  const items = word.field === undefined ? await names(word.typed, known) : await values(word, known);
  return { from, to, items: items.slice(0, MAX_ITEMS) };
}

async function names(typed: string, known: CompletionSources): Promise<Completion[]> {
  if (typed === '') return QUERY_FIELDS.map((name) => ({ kind: 'field', text: `${name}:` }));
  const own = QUERY_FIELDS.filter((name) => name.startsWith(typed.toLowerCase()));
  const seen = matching(await known.names(), typed).filter(
    ({ value }) => queryFieldOf(value) === undefined && fieldTerm(value, 'x') !== undefined,
  );
  return [
    ...own.map((name): Completion => ({ kind: 'field', text: `${name}:` })),
    ...seen.map(({ value, lines }): Completion => ({ kind: 'field', text: `${value}:`, lines })),
  ];
}

async function values(
  { field = '', typed }: { field?: string | undefined; typed: string },
  known: CompletionSources,
): Promise<Completion[]> {
  const own = queryFieldOf(field);
  const found = matching(await valuesOf(own ?? field, known), typed);
  return found.flatMap(({ value, lines }) => {
    const term = fieldTerm(field, value);
    return term === undefined ? [] : [{ kind: 'value' as const, text: term, ...(lines > 0 && { lines }) }];
  });
}

async function valuesOf(field: string, known: CompletionSources): Promise<FieldValue[]> {
  switch (field) {
    case 'level':
      return listed(LEVEL_NAMES);
    case 'class':
      return listed(LOG_CLASSES);
    case 'format':
      return listed(FORMATS);
    case 'source':
      return listed(known.sources().map(({ path }) => path));
    case 'time':
      return listed(['today', 'yesterday', '>=now-15m', '>=now-1h', '>=now-24h']);
    default:
      return known.values(field);
  }
}

function listed(values: readonly string[]): FieldValue[] {
  return values.map((value) => ({ value, lines: 0 }));
}

/** Those that begin with what is typed come before those that contain it. */
function matching(values: FieldValue[], typed: string): FieldValue[] {
  const wanted = typed.toLowerCase();
  const begins = values.filter(({ value }) => value.toLowerCase().startsWith(wanted));
  const contains = values.filter(
    ({ value }) => !value.toLowerCase().startsWith(wanted) && value.toLowerCase().includes(wanted),
  );
  return [...begins, ...contains];
}
