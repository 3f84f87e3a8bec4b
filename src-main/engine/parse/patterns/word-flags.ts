import { BYTE } from '../bytes.ts';
import { FIRST_WIDE } from './wide-text.ts';

/* What a byte says of the word it is in. */

export const DIGIT = 1;
export const NOT_HEX = 2;
export const SLASH = 4;
export const AT = 8;
export const SIGN = 16;
export const HEX_LETTER = 32;
/** Begins a character of a script without spaces. */
export const WIDE = 64;
/** By byte; 0 ends the word. */
export const FLAGS = byteFlags();

function byteFlags(): Uint8Array {
  const flags = new Uint8Array(256);
  const delimiters = asciiSet('\t ()[]{}"\'`=:;,|<>');
  for (let byte = 33; byte < 256; byte += 1) {
    if (byte === 127 || delimiters[byte] === 1) continue;
    const lower = byte | 32;
    if (byte >= 48 && byte <= 57) flags[byte] = DIGIT;
    else if (byte === BYTE.slash || byte === BYTE.backslash) flags[byte] = SLASH;
    else if (byte === 64) flags[byte] = AT;
    else if (lower >= 97 && lower <= 102 && byte >= 65) flags[byte] = HEX_LETTER;
    else if (byte >= FIRST_WIDE) flags[byte] = NOT_HEX | WIDE;
    else if ((lower >= 103 && lower <= 122 && byte >= 65) || byte >= 128) flags[byte] = NOT_HEX;
    else flags[byte] = SIGN;
  }
  return flags;
}

/** 1 for every byte of the characters. */
export function asciiSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}
