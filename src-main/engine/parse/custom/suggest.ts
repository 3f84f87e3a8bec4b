import { MAX_PATTERN_LENGTH, parseLinePattern } from '../../../../src-preload/contract/line-pattern.ts';
import type { Clock } from '../../flow/clock.ts';
import { BYTE, looksLikeAddress } from '../bytes.ts';
import { readAnyStamp } from '../formats/any-stamp.ts';
import { levelOfText, NO_LEVEL } from '../levels.ts';
import { NO_STAMP, StampReader } from '../stamp.ts';
import { compileTimeFormat } from './time-format.ts';

/** Words in front of the message that are looked at; what follows is the message. */
const MAX_WORDS = 8;
/** How far into the line its time may begin. */
const STAMP_REACH = 64;

/** One word of a line's head with what encloses it. */
const WORD =
  /^([ \t]*)(?:\[([^\]]{1,80})\]|\(([^)]{1,80})\)|<([^>]{1,80})>|([^\s[\](){}"=,;|]+?))(?=[:,;|]?(?:\s|$)|:)([:,;|]?)/;

/**
 * A pattern for a line somebody pasted: its time, level, address and what stands in brackets become fields, the rest the
 * message. A beginning to work from: what the words mean only their owner knows.
 */
export function suggestPattern(line: string, clock: Clock): string {
  const text = line.split(/\r?\n/, 1)[0]?.slice(0, MAX_PATTERN_LENGTH / 2) ?? '';
  const stamp = stampIn(text, clock);
  const parts = [escaped(text.slice(0, stamp?.from ?? 0))];
  if (stamp !== undefined) parts.push(stamp.format === undefined ? '{time}' : `{time:${stamp.format}}`);
  parts.push(...headFields(text.slice(stamp?.to ?? 0)));
  const pattern = parts.join('');
  return 'parts' in parseLinePattern(pattern) ? pattern : '{message?}';
}

/** Times that are only believed where nothing better stands: day and month could be the other way round. */
const OTHER_TIMES = [
  '%d.%m.%Y %H:%M:%S',
  '%d/%m/%Y %H:%M:%S',
  '%d-%m-%Y %H:%M:%S',
  '%d %b %Y %H:%M:%S',
  '%Y%m%d %H%M%S',
  '%Y%m%d-%H:%M:%S',
  '%Y.%m.%d %H:%M:%S',
  '%y/%m/%d %H:%M:%S',
  '%H:%M:%S',
];
/** Fractions of a second behind it, as they are written. */
const FRACTIONS = [',%f', '.%f', ''];

interface Stamp {
  from: number;
  to: number;
  /** Undefined: known without saying how it is written. */
  format: string | undefined;
}

function stampIn(text: string, clock: Clock): Stamp | undefined {
  const bytes = Buffer.from(text);
  const stamps = new StampReader({ timeZone: 'UTC' });
  stamps.setNow(clock.now());
  for (let from = 0; from < Math.min(bytes.length, STAMP_REACH); from += 1) {
    const to = readAnyStamp(bytes, from, bytes.length, stamps);
    if (to !== NO_STAMP) {
      return {
        from: bytes.toString('utf8', 0, from).length,
        to: bytes.toString('utf8', 0, to).length,
        format: undefined,
      };
    }
  }
  return otherStamp(bytes, stamps);
}

/** At the line's start, or behind a bracket. */
function otherStamp(bytes: Buffer, stamps: StampReader): Stamp | undefined {
  const from = bytes[0] === BYTE.openBracket ? 1 : 0;
  for (const format of OTHER_TIMES.flatMap((time) => FRACTIONS.map((fraction) => time + fraction))) {
    const to = compileTimeFormat(format)(bytes, from, bytes.length, stamps);
    if (to !== NO_STAMP) return { from, to, format };
  }
  return undefined;
}

function headFields(rest: string): string[] {
  const parts: string[] = [];
  const used = new Map<string, number>();
  let left = rest;
  for (let word = 0; word < MAX_WORDS; word += 1) {
    const separator = /^[ \t]*(?:\]|-(?=\s)|\||,|:)(?=\s|$|\[)/.exec(left)?.[0];
    if (separator !== undefined) {
      parts.push(escaped(separator));
      left = left.slice(separator.length);
      continue;
    }
    const match = WORD.exec(left);
    if (match === null) break;
    const [whole, space = '', square, round, angle, bare, ending = ''] = match;
    const inner = square ?? round ?? angle ?? bare ?? '';
    const name = nameOf(inner, { enclosed: bare === undefined, ended: ending === ':' }, used);
    if (name === undefined) break;
    const [open, close] =
      square !== undefined ? '[]' : round !== undefined ? '()' : angle !== undefined ? '<>' : ['', ''];
    parts.push(space, open ?? '', `{${name}}`, close ?? '', escaped(ending));
    left = left.slice(whole.length);
    if (ending === ':' && name !== 'level') break;
  }
  const space = /^[ \t]*/.exec(left)?.[0] ?? '';
  // Blanks alone, too: the pattern must match the line it was made from.
  if (left !== '') parts.push(space, '{message?}');
  return parts;
}

/** What a word of the head is; undefined when the message begins with it. */
function nameOf(
  word: string,
  { enclosed, ended }: { enclosed: boolean; ended: boolean },
  used: Map<string, number>,
): string | undefined {
  const bytes = Buffer.from(word);
  const once = (name: string): string => {
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return count === 1 ? name : `${name}${count}`;
  };
  if (levelOfText(word) !== NO_LEVEL && !used.has('level')) return once('level');
  if (looksLikeAddress(bytes, 0, bytes.length) && !used.has('address')) return once('address');
  if (/^\d+$/.test(word) && enclosed) return once('process');
  if (enclosed) return used.has('program') ? once('thread') : once('program');
  if (ended && !used.has('program')) return once('program');
  return undefined;
}

function escaped(text: string): string {
  return text.replace(/[{}]/g, '$&$&');
}
