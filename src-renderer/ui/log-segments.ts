/** A half-open stretch [from, to) of a text, in UTF-16 units. */
export interface Span {
  from: number;
  to: number;
}

/** Marks the hits in one text, in order and without overlap. */
export type HitFinder = (text: string) => Span[];

/** What a stretch of a line is, for its colour. */
export type SegmentKind = 'plain' | 'address' | 'key' | 'clientError' | 'serverError';

/** A stretch of a line that is drawn alike. Always drawn as text: lines are hostile. */
export interface Segment {
  text: string;
  kind: SegmentKind;
  /** A search hit. */
  hit: boolean;
}

interface Token extends Span {
  kind: SegmentKind;
}

// Every repetition is bounded, so that a line made to be slow costs no more than another of its length.
const IPV4 = String.raw`(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)`;
const IPV6 = String.raw`(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})(?![\w:])`;
const KEY = String.raw`(?<![\w.&?/])[A-Za-z_][\w.-]{0,39}=`;
const STATUS = String.raw`(?<=" )[45]\d\d(?= )`;
const TOKEN = new RegExp(`(${IPV4})|(${IPV6})|(${KEY})|(${STATUS})`, 'g');

/** True for dotted decimal with every part at most 255. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** True for eight groups, or fewer with one `::`; tells an address from a time such as 10:42:17. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const embedded = last !== undefined && isIpv4(last);
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const size = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? size >= 1 && size <= 7 : size === 8;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const [whole, v4, v6, key] = match;
    const span = { from: match.index, to: match.index + whole.length };
    if (v4 !== undefined) {
      if (isIpv4(v4)) found.push({ ...span, kind: 'address' });
    } else if (v6 !== undefined) {
      if (isIpv6(v6)) found.push({ ...span, kind: 'address' });
    } else if (key !== undefined) found.push({ ...span, kind: 'key' });
    else found.push({ ...span, kind: whole.startsWith('5') ? 'serverError' : 'clientError' });
  }
  return found;
}

/** Cuts a line into stretches by token and by search hit. Joined, the stretches are the line again. */
export function segmentsOf(text: string, hits: readonly Span[]): Segment[] {
  const kinds = tokens(text);
  const edges = new Set<number>([0, text.length]);
  for (const span of [...kinds, ...hits]) {
    if (span.from >= 0 && span.to <= text.length) edges.add(span.from).add(span.to);
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const segments: Segment[] = [];
  let token = 0;
  let hit = 0;
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const from = cuts[index] ?? 0;
    const to = cuts[index + 1] ?? from;
    while ((kinds[token]?.to ?? Infinity) <= from) token += 1;
    while ((hits[hit]?.to ?? Infinity) <= from) hit += 1;
    const current = kinds[token];
    segments.push({
      text: text.slice(from, to),
      kind: current && current.from <= from ? current.kind : 'plain',
      hit: (hits[hit]?.from ?? Infinity) <= from,
    });
  }
  return segments;
}

/** Characters that move, hide or reorder text without being seen. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Makes control characters visible, one for one, so that positions stay: a line must not be able to hide a part of
 * itself or to reverse what follows. Escape becomes ␛, line feed ␊, direction marks �.
 */
export function visibleText(text: string, keepLineFeeds = false): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0x0a && keepLineFeeds) return character;
    if (code === 0x09) return ' ';
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}
