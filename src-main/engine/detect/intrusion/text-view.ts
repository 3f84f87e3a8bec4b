import { MAX_ANALYSED_LENGTH, normalise, plusToBlank } from './normalise.ts';

/** Fields of a line that rules may look at. */
export const PLACES = ['target', 'agent', 'referer', 'message'] as const;
export type Place = (typeof PLACES)[number];

/** Most values of one field that are looked at one by one; what is beyond is still seen as part of the whole. */
const MAX_VALUES = 64;
const PARAMETER_START = /&(?=[\w.[\]$%-]{1,80}=)/;
const BASE64 = /^[A-Za-z0-9+/_-]{8,4096}={0,2}$/;
const PRINTABLE = /^[\t\n\r -~]+$/;

/**
 * One field of one line in the forms that rules ask for, each worked out at most once and only when asked for.
 */
export class TextView {
  readonly place: Place;
  readonly raw: string;
  #text: string | undefined;
  #path: string | undefined;
  #values: string[] | undefined;

  constructor(place: Place, raw: string) {
    this.place = place;
    this.raw = raw.length > MAX_ANALYSED_LENGTH ? raw.slice(0, MAX_ANALYSED_LENGTH) : raw;
  }

  /** The whole field, normalised. */
  get text(): string {
    this.#text ??= this.#whole();
    return this.#text;
  }

  #whole(): string {
    const text = normalise(
      this.place === 'message' || this.place === 'agent' ? this.raw : plusToBlank(this.raw),
    );
    if (this.place !== 'target') return text;
    const hidden = hiddenTexts(this.raw);
    return hidden.length === 0 ? text : `${text}&${hidden.map((value) => normalise(value)).join('&')}`;
  }

  /** The path of a target, normalised; empty for other fields. */
  get path(): string {
    this.#path ??= this.place === 'target' ? normalise(this.#split().path) : '';
    return this.#path;
  }

  /**
   * What a program would get as single values: parameter names and values, path segments, or the whole of a field that
   * has no parts. Base64 values appear decoded as well.
   */
  get values(): readonly string[] {
    this.#values ??= this.#collect();
    return this.#values;
  }

  #split(): { path: string; query: string } {
    const mark = this.raw.indexOf('?');
    return mark < 0
      ? { path: this.raw, query: '' }
      : { path: this.raw.slice(0, mark), query: this.raw.slice(mark + 1) };
  }

  #collect(): string[] {
    if (this.place === 'message' || this.place === 'agent') return [this.text];
    // A set would cost more than all else here: there are few, and the same twice is rare.
    const values: string[] = [];
    const add = (value: string): void => {
      if (values.length < MAX_VALUES && !values.includes(value)) values.push(value);
    };
    const { query } = this.#split();
    if (this.place === 'target') {
      // Host and scheme of a referer are not input; a path is, as a whole and segment by segment.
      const decoded = this.path;
      if (/[^\w./~-]/.test(decoded)) {
        for (const segment of decoded.split('/')) if (segment.length > 2) add(segment);
        add(decoded.replace(/^\//, ''));
      }
    }
    for (const pair of query === '' ? [] : query.split(PARAMETER_START, MAX_VALUES)) {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      if (/[^\w.-]/.test(name)) add(normalise(plusToBlank(name)));
      if (equals < 0) continue;
      const value = pair.slice(equals + 1);
      if (value !== '') add(normalise(plusToBlank(value)));
      const hidden = decodeBase64(value);
      if (hidden !== undefined) add(normalise(hidden));
    }
    return values;
  }
}

const HIDING_VALUE = /=([A-Za-z0-9+/_-]{8,4096}(?:=|%3d){0,2})(?=&|$)/gi;

/** Whether a query of harmless bytes holds a base64 value that is text: then its bytes say nothing about it. */
export function hidesText(raw: string): boolean {
  return hiddenTexts(raw).length > 0;
}

/** The texts that base64 values of a query hold. */
function hiddenTexts(raw: string): readonly string[] {
  if (raw.length < 10 || !raw.includes('=')) return NONE;
  let texts: string[] | undefined;
  // Not matchAll: it makes a new expression each time.
  HIDING_VALUE.lastIndex = 0;
  for (let found = HIDING_VALUE.exec(raw); found !== null; found = HIDING_VALUE.exec(raw)) {
    const text = decodeBase64(found[1] ?? '');
    if (text !== undefined) (texts ??= []).push(text);
  }
  return texts ?? NONE;
}

const NONE: readonly string[] = [];

/** The six bits of a base64 character, of either alphabet; 255 for others. */
const SEXTET = new Uint8Array(256).fill(255);
Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').forEach((character, value) => {
  SEXTET[character.charCodeAt(0)] = value;
});
SEXTET['-'.charCodeAt(0)] = 62;
SEXTET['_'.charCodeAt(0)] = 63;
const EQUALS = 61;
const AMPERSAND = 38;
const PERCENT = 37;
const SHORTEST_HIDING = 8;

/**
 * Whether `hidesText` could say yes: behind a `=` stands a value of base64 characters alone whose bytes are text as far as
 * whole groups of four go. Nearly every value that is none is told by its first three bytes.
 */
export function mayHideText(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at + SHORTEST_HIDING < to; at += 1) {
    if (bytes[at] === EQUALS && isHiddenText(bytes, at + 1, to)) return true;
  }
  return false;
}

function isHiddenText(bytes: Uint8Array, from: number, to: number): boolean {
  let bits = 0;
  let at = from;
  for (; at < to; at += 1) {
    const sextet = SEXTET[bytes[at] ?? 0] ?? 255;
    if (sextet === 255) break;
    bits = (bits << 6) | sextet;
    if (((at - from) & 3) !== 3) continue;
    if (!isTextByte((bits >>> 16) & 255) || !isTextByte((bits >>> 8) & 255) || !isTextByte(bits & 255))
      return false;
  }
  if (at - from < SHORTEST_HIDING) return false;
  // Padding, the next parameter, or the end: anything else makes it no base64 value.
  return at === to || bytes[at] === EQUALS || bytes[at] === AMPERSAND || bytes[at] === PERCENT;
}

function isTextByte(byte: number): boolean {
  return (byte >= 32 && byte <= 126) || byte === 9 || byte === 10 || byte === 13;
}

/** The text inside a base64 value, where it is text at all: session ids and hashes are not. */
function decodeBase64(value: string): string | undefined {
  const plain = value.includes('%')
    ? value.replaceAll('%3D', '=').replaceAll('%3d', '=').replaceAll('%2B', '+').replaceAll('%2F', '/')
    : value;
  if (!BASE64.test(plain)) return undefined;
  const text = Buffer.from(plain, 'base64').toString('latin1');
  return PRINTABLE.test(text) ? text : undefined;
}
