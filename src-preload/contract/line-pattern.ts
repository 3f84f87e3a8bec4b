import type { Message } from './shared.ts';

/*
 * The small language in which a person writes down how lines look: text with named fields in braces. Free of zod, so that
 * the renderer may say what is wrong while somebody types.
 *
 *   {time:%Y-%m-%d %H:%M:%S,%f} [{level}] {program}: {message}
 */

/** Fields that have a meaning to Yagura; any other name is only shown. */
export const PATTERN_FIELDS = [
  'time',
  'level',
  'message',
  'address',
  'user',
  'program',
  'method',
  'target',
  'status',
  'size',
  'agent',
  'referer',
  'forwarded',
] as const;

/** A piece of a pattern: text that must stand there, or a field. */
export type PatternPart =
  | { kind: 'text'; text: string; position: number }
  | {
      kind: 'field';
      /** `_`: it may be anything and is not kept. */
      name: string;
      /** time: how it is written; undefined: any way Yagura knows. */
      timeFormat: string | undefined;
      /** It may be empty. */
      optional: boolean;
      position: number;
    };

/** What is wrong, and at which character (0-based) of the pattern. */
export interface PatternFault {
  position: number;
  message: Message;
}

export const MAX_PATTERN_LENGTH = 2000;
const MAX_FIELDS = 64;

/** Parts of a time: those of C's strptime that logs are written with. */
const TIME_DIRECTIVES = 'YymdeHIMSfpbBaAzZsjTFL%';

/** Reads a pattern. */
export function parseLinePattern(pattern: string): { parts: PatternPart[] } | { fault: PatternFault } {
  const parts: PatternPart[] = [];
  let text = '';
  let textAt = 0;
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text, position: textAt });
    text = '';
  };
  for (let at = 0; at < pattern.length;) {
    const character = pattern.charAt(at);
    const doubled = pattern.charAt(at + 1) === character;
    if ((character === '{' || character === '}') && doubled) {
      if (text === '') textAt = at;
      text += character;
      at += 2;
    } else if (character === '}') return fault(at, 'unopened', {});
    else if (character !== '{') {
      if (text === '') textAt = at;
      text += character;
      at += 1;
    } else {
      const end = pattern.indexOf('}', at);
      if (end < 0) return fault(at, 'unclosed', {});
      flush();
      const read = readField(pattern.slice(at + 1, end), at);
      if ('fault' in read) return read;
      parts.push(read.part);
      at = end + 1;
    }
  }
  flush();
  return checked(parts);
}

function readField(inner: string, position: number): { part: PatternPart } | { fault: PatternFault } {
  const colon = inner.indexOf(':');
  const head = colon < 0 ? inner : inner.slice(0, colon);
  const optional = head.endsWith('?');
  const name = optional ? head.slice(0, -1) : head;
  if (!/^[A-Za-z_][\w.-]{0,59}$/.test(name)) return fault(position + 1, 'name', { name });
  const timeFormat = colon < 0 ? undefined : inner.slice(colon + 1);
  if (timeFormat !== undefined && name !== 'time') return fault(position + 1 + colon, 'onlyTime', { name });
  const bad = timeFormat === undefined ? -1 : timeFormatFault(timeFormat);
  if (bad >= 0) {
    const directive = timeFormat?.slice(bad, bad + 2) ?? '';
    return fault(position + 2 + colon + bad, 'directive', { directive });
  }
  return { part: { kind: 'field', name, timeFormat, optional, position } };
}

/** Index of the first directive that is none, or -1. */
export function timeFormatFault(format: string): number {
  let count = 0;
  for (let at = 0; at < format.length; at += 1) {
    if (format.charAt(at) !== '%') continue;
    if (at + 1 >= format.length || !TIME_DIRECTIVES.includes(format.charAt(at + 1))) return at;
    count += 1;
    at += 1;
  }
  return count === 0 ? 0 : -1;
}

function checked(parts: PatternPart[]): { parts: PatternPart[] } | { fault: PatternFault } {
  const seen = new Set<string>();
  let before: PatternPart | undefined;
  for (const part of parts) {
    if (part.kind === 'field') {
      // Where one ends and the next begins only the text between them can tell; a time knows its own end.
      if (before?.kind === 'field' && before.name !== 'time') return fault(part.position, 'adjacent', {});
      if (part.name !== '_' && seen.has(part.name)) return fault(part.position, 'twice', { name: part.name });
      seen.add(part.name);
    }
    before = part;
  }
  if (seen.size === 0) return fault(0, 'noField', {});
  if (seen.size > MAX_FIELDS) return fault(0, 'tooMany', { limit: MAX_FIELDS });
  return { parts };
}

function fault(position: number, reason: string, parameters: Message['parameters']): { fault: PatternFault } {
  return {
    fault: {
      position,
      message: { key: `formats.fault.${reason}`, parameters: { ...parameters, position: position + 1 } },
    },
  };
}
