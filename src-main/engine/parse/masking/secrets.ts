import { BYTE, isDigit, isLetter, matchesAt } from '../bytes.ts';
import { secretKind } from './key-names.ts';
import type { MaskKind, Span } from './spans.ts';

const MAX_NAME = 48;
/** A longer value is masked this far: nobody has a longer secret, and searching on costs. */
const MAX_VALUE = 16_384;

/** Of a working directory with its name, and what follows (PATH_MAX of Linux). */
const MAX_PATH = 4096 + 16;

/** Values that say something about a secret rather than being one. */
const NOT_SECRET = new Set(
  (
    'yes no true false null none nil undefined empty required invalid expired incorrect missing wrong not is was are must ' +
    'should has have had will for from on of and or the a an to in with at by as authentication verification mismatch ' +
    'failed failure check changed reset redacted hidden filtered masked removed set unset ok error accepted rejected ' +
    'denied string object basic bearer digest negotiate ntlm user unknown disabled enabled file length'
  ).split(' '),
);

/**
 * The secret that belongs to a key at `at` (`password=…`, `"api_key": "…"`, `Authorization: Bearer …`), if any.
 * @param at somewhere in the key's name
 */
export function secretOfKey(bytes: Buffer, at: number, start: number, end: number): Span | undefined {
  let nameEnd = at;
  const nameLimit = Math.min(end, at + MAX_NAME);
  while (nameEnd < nameLimit && isNameByte(bytes[nameEnd])) nameEnd += 1;
  const separator = separatorAt(bytes, nameEnd, end);
  if (separator < 0) return undefined;
  let nameStart = at;
  const nameFloor = Math.max(start, at - MAX_NAME);
  while (nameStart > nameFloor && isNameByte(bytes[nameStart - 1])) nameStart -= 1;
  const kind = secretKind(bytes.toString('latin1', nameStart, nameEnd));
  if (kind === undefined || isWorkingDirectory(bytes, nameStart, end)) return undefined;
  const quotedName = isQuote(bytes[nameEnd]) || bytes[nameEnd] === BYTE.backslash;
  const span = valueAfter(bytes, separator, end, kind, quotedName);
  if (span?.from === separator && quotedName) span.replacement = quotedMark(bytes, nameEnd, kind);
  return span;
}

/** As sudo writes it among its fields. Connection strings (`UID=sa;PWD=…`) have no blanks there. */
const WORKING_DIRECTORY = /^PWD=\/[^;]* ; USER=/;

function isWorkingDirectory(bytes: Buffer, nameStart: number, end: number): boolean {
  // Most names end here.
  if (bytes[nameStart + 3] !== BYTE.equals || bytes[nameStart + 4] !== BYTE.slash) return false;
  return WORKING_DIRECTORY.test(bytes.toString('latin1', nameStart, Math.min(end, nameStart + MAX_PATH)));
}

/** What names of keys are written with. */
export function isNameByte(byte: number | undefined): boolean {
  return isLetter(byte) || isDigit(byte) || byte === 95 || byte === BYTE.dash || byte === BYTE.dot;
}

/**
 * The value of a key whose name ends at `nameEnd`, whatever it says, lists and objects of JSON too; undefined where no value
 * follows.
 * @param end of the line
 */
export function valueOfKey(bytes: Buffer, nameEnd: number, end: number, kind: string): Span | undefined {
  const at = separatorAt(bytes, nameEnd, end);
  if (at < 0 || matchesAt(bytes, at, end, '[masked:')) return undefined;
  const opening = openingLength(bytes, at, end);
  const from = at + opening;
  if (opening > 0) {
    const to = closingQuote(bytes, from, end, bytes[from - 1], opening === 2);
    return to > from && !matchesAt(bytes, from, end, '[masked:') ? { from, to, kind } : undefined;
  }
  const to = isOpening(bytes[at]) ? listEnd(bytes, at, end) : bareEnd(bytes, from, end);
  return to > from ? { from, to, kind, replacement: quotedMark(bytes, nameEnd, kind) } : undefined;
}

/** A number of JSON becomes a text, or the line would be JSON no more; undefined where the plain mark will do. */
function quotedMark(bytes: Uint8Array, nameEnd: number, kind: string): string | undefined {
  if (bytes[nameEnd] === BYTE.quote) return `"[masked:${kind}]"`;
  return bytes[nameEnd] === BYTE.backslash && bytes[nameEnd + 1] === BYTE.quote
    ? `\\"[masked:${kind}]\\"`
    : undefined;
}

function isOpening(byte: number | undefined): boolean {
  return byte === BYTE.openBracket || byte === BYTE.openBrace;
}

/** End of the list or object that opens at `at`; of the line where it does not close. */
function listEnd(bytes: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + MAX_VALUE);
  let depth = 0;
  for (let index = at; index < limit; index += 1) {
    const byte = bytes[index];
    if (byte === BYTE.backslash) index += 1;
    else if (byte === BYTE.quote) index = closingQuote(bytes, index + 1, limit, BYTE.quote, false);
    else if (isOpening(byte)) depth += 1;
    else if (byte === BYTE.closeBracket || byte === BYTE.closeBrace) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return limit;
}

/** Length of the quote that opens a value at `at`, with the backslash of an escaped one; 0 where there is none. */
function openingLength(bytes: Uint8Array, at: number, end: number): number {
  const escaped = bytes[at] === BYTE.backslash && isQuote(bytes[at + 1]);
  const place = escaped ? at + 1 : at;
  if (!isQuote(bytes[place]) || place >= end) return 0;
  return escaped ? 2 : 1;
}

function isQuote(byte: number | undefined): boolean {
  return byte === BYTE.quote || byte === 39;
}

/** Where the value begins after `"`, `]`, spaces and `=`, `:`, `=>` or their URL escapes; -1 when there is none. */
function separatorAt(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  const limit = Math.min(end, from + 4);
  while (at < limit && isBetween(bytes[at])) at += 1;
  const byte = at < end ? bytes[at] : undefined;
  if (byte === BYTE.equals || byte === BYTE.colon) {
    at += 1;
    if (bytes[at] === BYTE.greater && at < end) at += 1;
  } else if (byte === 37 && at + 3 <= end && bytes[at + 1] === 51) {
    const letter = (bytes[at + 2] ?? 0) | 32;
    if (letter !== 100 && letter !== 97) return -1;
    at += 3;
  } else return -1;
  const spaces = Math.min(end, at + 4);
  while (at < spaces && (bytes[at] === BYTE.space || bytes[at] === BYTE.tab)) at += 1;
  return at < end ? at : -1;
}

function isBetween(byte: number | undefined): boolean {
  return (
    byte === BYTE.quote ||
    byte === 39 ||
    byte === BYTE.backslash ||
    byte === BYTE.closeBracket ||
    byte === BYTE.space
  );
}

function valueAfter(
  bytes: Buffer,
  at: number,
  end: number,
  kind: MaskKind,
  quotedName: boolean,
): Span | undefined {
  const opening = openingLength(bytes, at, end);
  const quoted = opening > 0;
  let from = at + opening;
  let to: number;
  if (quoted) {
    to = closingQuote(bytes, from, end, bytes[from - 1], opening === 2);
  } else {
    const wide = kind === 'cookie' || kind === 'authorization';
    to = wide ? fieldEnd(bytes, from, end) : bareEnd(bytes, from, end);
    // `;jsessionid=…?query`
    if (kind === 'session') to = before(bytes, from, to, 63);
  }
  if (kind === 'authorization') from = afterScheme(bytes, from, to);
  if (to <= from || !isSecretValue(bytes, from, to, kind, prose(bytes, at, quoted, quotedName)))
    return undefined;
  return { from, to, kind };
}

/** `token: unexpected end`: a name, a colon and a space, without quotes, may be a sentence. */
function prose(bytes: Uint8Array, at: number, quoted: boolean, quotedName: boolean): boolean {
  return !quoted && !quotedName && bytes[at - 1] === BYTE.space;
}

function closingQuote(
  bytes: Uint8Array,
  from: number,
  end: number,
  quote: number | undefined,
  escaped: boolean,
): number {
  const limit = Math.min(end, from + MAX_VALUE);
  for (let at = from; at < limit; at += 1) {
    if (bytes[at] === quote) return at;
    if (bytes[at] !== BYTE.backslash) continue;
    if (escaped && bytes[at + 1] === quote) return at;
    at += 1;
  }
  return limit;
}

const BARE_STOPS = new Set(Buffer.from(' \t&;,"\'()[]{}<>|\\'));

function bareEnd(bytes: Uint8Array, from: number, end: number): number {
  const limit = Math.min(end, from + MAX_VALUE);
  let at = from;
  while (at < limit && !BARE_STOPS.has(bytes[at] ?? 0)) {
    // An escaped `&` inside an escaped query.
    if (bytes[at] === 37 && bytes[at + 1] === 50 && bytes[at + 2] === 54) break;
    at += 1;
  }
  return at;
}

function before(bytes: Uint8Array, from: number, to: number, stop: number): number {
  let at = from;
  while (at < to && bytes[at] !== stop) at += 1;
  return at;
}

/** Cookies and credentials have spaces in them: they end with the quote or the line. */
function fieldEnd(bytes: Uint8Array, from: number, end: number): number {
  const limit = Math.min(end, from + MAX_VALUE);
  let at = from;
  while (at < limit && bytes[at] !== BYTE.quote && bytes[at] !== 39) at += 1;
  return at;
}

/** Leaves the scheme: it tells an operator something, and is no secret. */
function afterScheme(bytes: Uint8Array, from: number, to: number): number {
  for (const scheme of [
    'basic',
    'bearer',
    'digest',
    'token',
    'negotiate',
    'ntlm',
    'apikey',
    'aws4-hmac-sha256',
  ]) {
    if (!matchesAt(bytes, from, to, scheme)) continue;
    let at = from + scheme.length;
    if (bytes[at] === BYTE.space) while (at < to && bytes[at] === BYTE.space) at += 1;
    else if (matchesAt(bytes, at, to, '%20')) at += 3;
    else continue;
    return at;
  }
  return from;
}

function isSecretValue(bytes: Buffer, from: number, to: number, kind: MaskKind, isProse: boolean): boolean {
  const length = to - from;
  const text = bytes.toString('latin1', from, Math.min(to, from + 64));
  if (/^(?:[*xX.•-]+$|\$\{|\{\{|<|%[sdv]|\[masked)/i.test(text)) return false;
  // They are words of letters.
  if (isLetter(bytes[from]) && NOT_SECRET.has(text.toLowerCase().replace(/[^a-z0-9]+$/, ''))) return false;
  if (kind === 'session' || kind === 'signature') return length >= 8 && /\d/.test(text);
  if (kind === 'code') return /^\d{3,8}$/.test(text);
  if (kind === 'password')
    return !isProse || !/^[a-z]+$/.test(text) || to === bytes.length || isLineEnd(bytes[to]);
  if (isProse) return length >= 8 && /\d/.test(text) && !/^\d{1,9}$/.test(text);
  return !/^\d{1,5}$/.test(text);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 10 || byte === 13;
}

const DIRECT: readonly { prefix: RegExp; kind: MaskKind }[] = [
  { prefix: /^eyJ[\w-]{10,}\.[\w-]{4,}(?:\.[\w-]*)?/, kind: 'token' },
  { prefix: /^(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/, kind: 'key' },
  { prefix: /^gh[pousr]_[A-Za-z0-9]{30,}/, kind: 'token' },
  { prefix: /^github_pat_\w{22,}/, kind: 'token' },
  { prefix: /^glpat-[\w-]{20,}/, kind: 'token' },
  { prefix: /^xox[abps]-[\w-]{10,}/, kind: 'token' },
  { prefix: /^[sr]k_live_\w{16,}/, kind: 'key' },
  { prefix: /^AIza[\w-]{35}/, kind: 'key' },
  { prefix: /^npm_[A-Za-z0-9]{36}/, kind: 'token' },
];

/** A secret known by its own form, beginning at `at`. */
export function secretByForm(bytes: Buffer, at: number, start: number, end: number): Span | undefined {
  if (bytes[at] === BYTE.dash) return privateKey(bytes, at, end);
  if (at > start && isTokenByte(bytes[at - 1]) && bytes[at - 1] !== BYTE.equals) return undefined;
  if (matchesAt(bytes, at, end, 'bearer')) return bearer(bytes, at, end);
  const text = bytes.toString('latin1', at, tokenEnd(bytes, at, end));
  for (const { prefix, kind } of DIRECT) {
    const match = prefix.exec(text);
    if (match !== null) return { from: at, to: at + match[0].length, kind };
  }
  return undefined;
}

/** What tokens are written with (RFC 6750's token68). */
function isTokenByte(byte: number | undefined): boolean {
  return isNameByte(byte) || byte === 126 || byte === 43 || byte === BYTE.slash || byte === BYTE.equals;
}

function tokenEnd(bytes: Uint8Array, from: number, end: number): number {
  const limit = Math.min(end, from + MAX_VALUE);
  let at = from;
  while (at < limit && isTokenByte(bytes[at])) at += 1;
  return at;
}

/** `Bearer abc…`, also without the header's name before it. */
function bearer(bytes: Buffer, at: number, end: number): Span | undefined {
  let from = at + 6;
  if (matchesAt(bytes, from, end, '%20')) from += 3;
  else if (bytes[from] === BYTE.space || bytes[from] === 43) from += 1;
  else return undefined;
  const to = tokenEnd(bytes, from, end);
  if (to - from < 16 || !/\d/.test(bytes.toString('latin1', from, to))) return undefined;
  return { from, to, kind: 'token' };
}

const KEY_HEAD = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/** The body of a private key block; it reaches to the line's end when the block goes on below. */
function privateKey(bytes: Buffer, at: number, end: number): Span | undefined {
  if (bytes[at + 5] !== 66) return undefined;
  const head = KEY_HEAD.exec(bytes.toString('latin1', at, Math.min(end, at + 90)));
  if (head === null) return undefined;
  const from = at + head[0].length;
  const close = bytes.subarray(0, end).indexOf('-----END', from, 'latin1');
  return { from, to: close < 0 ? end : close, kind: 'key' };
}

/** The password in `scheme://user:password@host`; `at` is the place of the `@`. */
export function userInfoPassword(bytes: Buffer, at: number, start: number): Span | undefined {
  const floor = Math.max(start, at - 512);
  let colon = -1;
  for (let index = at - 1; index >= floor; index -= 1) {
    const byte = bytes[index] ?? 0;
    if (byte === BYTE.space || byte === BYTE.quote || byte === 10 || byte === 63 || byte === 64)
      return undefined;
    if (byte === BYTE.slash) {
      const scheme =
        bytes[index - 1] === BYTE.slash && bytes[index - 2] === BYTE.colon && isLetter(bytes[index - 3]);
      return scheme && colon > index + 1 && colon + 1 < at
        ? { from: colon + 1, to: at, kind: 'password' }
        : undefined;
    }
    // The first colon after the scheme divides: passwords may hold more of them.
    if (byte === BYTE.colon) colon = index;
  }
  return undefined;
}
