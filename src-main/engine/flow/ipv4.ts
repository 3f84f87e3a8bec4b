const DOT = 46;
const ZERO = 48;
const SHORTEST = 7;
const LONGEST = 15;

/**
 * `192.0.2.7` as its 32 bits, signed; 0 for whatever is not four decimal numbers up to 255, and for `0.0.0.0`, which is
 * nobody's. Leading zeros have more than one reading (`010` is eight to some programs): such a text is a name of its own,
 * never another's address.
 */
export function ipv4OfBytes(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < SHORTEST || to - from > LONGEST) return 0;
  let number = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === DOT) {
      if (digits === 0 || part > 255) return 0;
      number = (number << 8) | part;
      dots += 1;
      part = 0;
      digits = 0;
    } else {
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return 0;
      part = part * 10 + digit;
      digits += 1;
    }
  }
  return dots === 3 && digits > 0 && part <= 255 ? (number << 8) | part : 0;
}

const scratch = new Uint8Array(LONGEST);
/** The text last asked for: one of a message is asked for once to see whether it is an address, and once for its number. */
let lastText = '';
let lastNumber = 0;

/** The same of a text. */
export function ipv4OfText(address: string): number {
  if (address === lastText) return lastNumber;
  if (address.length > LONGEST) return 0;
  for (let at = 0; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code > 127) return 0;
    scratch[at] = code;
  }
  lastText = address;
  return (lastNumber = ipv4OfBytes(scratch, 0, address.length));
}

/** The text of an address that is not 0. */
export function textOfIpv4(number: number): string {
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}
