/**
 * Takes the disguises off a text once, before any rule sees it: log escapes, URL encoding (twice, SPEC C25–C28),
 * `%uXXXX`, overlong UTF-8, HTML entities, JavaScript escapes, full-width letters, control characters, white space.
 *
 * Every step is a single pass over the text, so the cost is linear whatever is sent. SQL comments are left to the SQL
 * tokeniser, which needs to know that they were there.
 */

/** How often a text is decoded: what is encoded three times no server would have decoded to the attack either. */
const MAX_DECODINGS = 2;

/** Longest part of a field that is looked at. Padding beyond it is cut in the middle, so both ends stay visible. */
export const MAX_ANALYSED_LENGTH = 16_384;

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  colon: ':',
  semi: ';',
  comma: ',',
  period: '.',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  lbrack: '[',
  rsqb: ']',
  rbrack: ']',
  lcub: '{',
  lbrace: '{',
  rcub: '}',
  rbrace: '}',
  sol: '/',
  bsol: '\\',
  tab: '\t',
  newline: '\n',
  nbsp: ' ',
  equals: '=',
  plus: '+',
  num: '#',
  percnt: '%',
  dollar: '$',
  excl: '!',
  quest: '?',
  ast: '*',
  midast: '*',
  grave: '`',
  diacriticalgrave: '`',
  vert: '|',
  verbar: '|',
  lowbar: '_',
  hyphen: '-',
  commat: '@',
  hat: '^',
};

const PERCENT_RUN = /(?:%[0-9a-fA-F]{2})+/g;
const PERCENT_UNICODE = /%u([0-9a-fA-F]{4})/gi;
const ENTITY = /&(?:#[xX]([0-9a-fA-F]{1,8});?|#([0-9]{1,8});?|([a-zA-Z]{2,16});)/g;
const SCRIPT_ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
// The control characters are the point here.
const INVISIBLE = new RegExp('[\\u0000\\u00ad\\u200b-\\u200d\\u2060\\ufeff]+', 'g');
const BLANKS = '\\u0001-\\u001f\\u007f\\u0085\\u00a0\\u2000-\\u200a\\u2028\\u2029\\u3000';
/** A single plain blank stays as it is. */
const WHITE_SPACE = new RegExp(`[ ${BLANKS}]{2,}|[${BLANKS}]`, 'g');
const NEEDS_WORK = new RegExp('[^\\u0021-\\u007e]|[%&\\\\]');

/** Decodes what a server would decode; case and white space stay. */
export function decode(text: string): string {
  let current = text;
  for (let round = 0; round < MAX_DECODINGS; round += 1) {
    if (!NEEDS_WORK.test(current)) return current;
    const next = decodeOnce(current);
    if (next === current) return next;
    current = next;
  }
  return current;
}

/** Decoded, lower case, white space collapsed to single blanks: what patterns are written against. */
export function normalise(text: string): string {
  const shortened = text.length > MAX_ANALYSED_LENGTH ? shorten(text) : text;
  if (!NEEDS_WORK.test(shortened)) return shortened.toLowerCase();
  return decode(shortened).replace(INVISIBLE, '').replace(WHITE_SPACE, ' ').toLowerCase();
}

/** In a query a plus is a blank; decoding must know before `%2B` becomes a plus. */
export function plusToBlank(text: string): string {
  return text.includes('+') ? text.replaceAll('+', ' ') : text;
}

function shorten(text: string): string {
  const half = MAX_ANALYSED_LENGTH / 2;
  return `${text.slice(0, half)} ${text.slice(-half)}`;
}

function decodeOnce(text: string): string {
  let current = text;
  if (current.includes('\\')) {
    current = current.replace(SCRIPT_ESCAPE, (whole, short?: string, long?: string, braces?: string) =>
      codePoint(parseInt(short ?? long ?? braces ?? '', 16), whole),
    );
  }
  if (current.includes('%')) {
    current = current.replace(PERCENT_UNICODE, (_whole, digits: string) =>
      codePoint(parseInt(digits, 16), ''),
    );
    current = current.replace(PERCENT_RUN, decodeBytes);
  }
  if (current.includes('&')) {
    current = current.replace(ENTITY, (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return NAMED_ENTITIES[name.toLowerCase()] ?? whole;
      return codePoint(hex === undefined ? parseInt(decimal ?? '', 10) : parseInt(hex, 16), whole);
    });
  }
  return current.replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

function codePoint(value: number, otherwise: string): string {
  if (!Number.isFinite(value) || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return otherwise;
  return String.fromCodePoint(value);
}

/** `%XX%XX…` as UTF-8, taking overlong forms for what they hide and stray bytes for Latin-1. */
function decodeBytes(run: string): string {
  let text = '';
  for (let at = 0; at < run.length; at += 3) {
    const first = byteAt(run, at);
    const following = first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    let value = following === 0 ? first : first & (0x3f >> following);
    let taken = 0;
    while (first < 0xf8 && taken < following && at + (taken + 1) * 3 < run.length) {
      const next = byteAt(run, at + (taken + 1) * 3);
      // 0xc0..0xff after an overlong lead: old servers masked the bits without looking, so do we.
      if (next < 0x80 || next >= 0xc0) break;
      value = (value << 6) | (next & 0x3f);
      taken += 1;
    }
    if (taken === following && first < 0xf8) {
      text += codePoint(value, '');
      at += following * 3;
    } else {
      text += String.fromCharCode(first);
    }
  }
  return text;
}

function byteAt(run: string, at: number): number {
  return (hexDigit(run.charCodeAt(at + 1)) << 4) | hexDigit(run.charCodeAt(at + 2));
}

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : (code | 32) - 87;
}
