import { createHash } from 'node:crypto';

/** A template: what a group of lines has in common, with `<*>` for what differs. */
export interface Template {
  /** Twelve hexadecimal digits of the text's hash: the same text is the same pattern in every thread and on every day. */
  id: string;
  text: string;
}

/** Digits of an id. */
export const PATTERN_ID_LENGTH = 12;

/** Id of a template's text. */
export function patternId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, PATTERN_ID_LENGTH);
}

/** A template as one string, for tables that go between threads: id, space, text. */
export function patternEntry({ id, text }: Template): string {
  return `${id} ${text}`;
}

export function patternOfEntry(entry: string): Template {
  return { id: entry.slice(0, PATTERN_ID_LENGTH), text: entry.slice(PATTERN_ID_LENGTH + 1) };
}

/** A template that became more general: lines of `old` before are lines of `new` from then on. */
export interface PatternChange {
  old: string;
  new: string;
}

/** Patterns of a batch's lines. */
export interface PatternColumn {
  /** Entry 0 is the empty string: no pattern. */
  table: string[];
  /** Index into the table per line. */
  index: Uint32Array;
}
