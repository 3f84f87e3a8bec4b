import { ipv4OfBytes } from '../../flow/ipv4.ts';

/** A longer message is read by patterns, which look at its beginning and end alone. */
const LONGEST_MESSAGE = 1000;
/** So is a longer name. */
const LONGEST_USER = 128;

const BLANK = 32;
const DELETE = 127;
/** Bytes that the fields are written with: ASCII without blanks. */
const FIELDS: Readonly<Record<string, Uint8Array>> = {
  word: bytesOf(/[\w/-]/),
  number: bytesOf(/\d/),
  text: bytesOf(/./),
  user: bytesOf(/./),
  address: bytesOf(/[\d.]/),
};

function bytesOf(members: RegExp): Uint8Array {
  const bytes = new Uint8Array(256);
  for (let byte = BLANK + 1; byte < DELETE; byte += 1)
    bytes[byte] = members.test(String.fromCharCode(byte)) ? 1 : 0;
  return bytes;
}

/**
 * How a program writes nearly all of its messages about one thing, so that they need not become strings for an expression:
 * `Accepted {word} for {user} from {address} port {number} ssh2`. An address is an IPv4 address.
 */
export class MessageForm {
  /** What stands before each field, and behind the last. */
  readonly #literals: readonly Uint8Array[];
  readonly #fields: readonly Uint8Array[];
  /** Of the message last read: where each field begins and ends. */
  readonly #places: Int32Array;
  readonly #user: number;
  readonly #address: number;
  /** Of the message last read: its address, where that stands, and the user. */
  address = 0;
  addressFrom = 0;
  addressTo = 0;
  userFrom = 0;
  userTo = 0;

  /** @throws SyntaxError where a field is unknown, or there is no user or no address */
  constructor(source: string) {
    const pieces = source.split(/\{(\w+)\}/);
    const names = pieces.filter((_, index) => index % 2 === 1);
    this.#literals = pieces.filter((_, index) => index % 2 === 0).map((piece) => Buffer.from(piece));
    this.#fields = names.map((name) => {
      const field = FIELDS[name];
      if (field === undefined) throw new SyntaxError(`A message has no field {${name}}: ${source}`);
      return field;
    });
    this.#places = new Int32Array(names.length * 2);
    this.#user = names.indexOf('user') * 2;
    this.#address = names.indexOf('address') * 2;
    if (this.#user < 0 || this.#address < 0)
      throw new SyntaxError(`A message needs {user} and {address}: ${source}`);
  }

  /** Whether the message is one of these; then it is read. */
  reads(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > LONGEST_MESSAGE) return false;
    let at = this.#endOfLiteral(0, bytes, from, to);
    for (let place = 0; place < this.#fields.length; place += 1) {
      const start = at;
      if (start >= 0) at = endOfField(this.#fields[place] ?? NOTHING, bytes, start, to);
      if (start < 0 || at === start) return false;
      this.#places[place * 2] = start;
      this.#places[place * 2 + 1] = at;
      at = this.#endOfLiteral(place + 1, bytes, at, to);
    }
    return at === to && this.#take(bytes);
  }

  /** The place behind a literal; -1 where it does not stand there. */
  #endOfLiteral(place: number, bytes: Uint8Array, from: number, to: number): number {
    const literal = this.#literals[place] ?? NOTHING;
    const { length } = literal;
    if (from + length > to) return -1;
    for (let index = 0; index < length; index += 1) if (bytes[from + index] !== literal[index]) return -1;
    return from + length;
  }

  #take(bytes: Uint8Array): boolean {
    this.userFrom = this.#places[this.#user] ?? 0;
    this.userTo = this.#places[this.#user + 1] ?? 0;
    this.addressFrom = this.#places[this.#address] ?? 0;
    this.addressTo = this.#places[this.#address + 1] ?? 0;
    this.address = ipv4OfBytes(bytes, this.addressFrom, this.addressTo);
    return this.address !== 0 && this.userTo - this.userFrom <= LONGEST_USER;
  }
}

const NOTHING = new Uint8Array(0);

function endOfField(field: Uint8Array, bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && field[bytes[at] ?? 0] === 1) at += 1;
  return at;
}
