const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;
const LESS = 60;

/** Digits of a length that is believed: a longer one is text that begins with a number. */
const MAX_LENGTH_DIGITS = 7;

/**
 * Cuts the bytes of one syslog connection into messages. Both framings of RFC 6587 are taken, told apart anew for every
 * message: octet counting (`LENGTH <PRI>…`; the only one of TLS, RFC 5425) and a newline after each. How the bytes were
 * split on their way makes no difference. Never throws, and holds one message at most.
 */
export class SyslogFramer {
  readonly #maxBytes: number;
  readonly #onMessage: (message: Buffer, cut: boolean) => void;
  /** Bytes of a beginning that does not show yet which framing it is. */
  #beginning: Buffer = Buffer.alloc(0);
  #held: Buffer[] = [];
  #heldBytes = 0;
  #cut = false;
  /** Bytes of a counted message still to come; -1: up to the next newline; undefined: between messages. */
  #rest: number | undefined;

  /** @param maxBytes of a message; what is beyond is left out and `cut` says so */
  constructor(maxBytes: number, onMessage: (message: Buffer, cut: boolean) => void) {
    this.#maxBytes = maxBytes;
    this.#onMessage = onMessage;
  }

  /** Whether a message has begun and not ended. */
  get partial(): boolean {
    return this.#rest !== undefined || this.#beginning.length > 0;
  }

  push(bytes: Buffer): void {
    let input = bytes;
    if (this.#beginning.length > 0) {
      input = Buffer.concat([this.#beginning, bytes]);
      this.#beginning = Buffer.alloc(0);
    }
    let at = 0;
    while (at < input.length) {
      if (this.#rest === undefined) {
        const start = this.#begin(input, at);
        if (start < 0) break;
        at = start;
      }
      const rest = this.#rest ?? -1;
      at = rest < 0 ? this.#readLine(input, at) : this.#readCounted(input, at, rest);
    }
  }

  /** The connection is over: what has arrived of a last message is kept. */
  end(): void {
    if (this.#beginning.length > 0) this.#hold(this.#beginning);
    this.#beginning = Buffer.alloc(0);
    if ((this.#rest ?? -1) > 0) this.#cut = true;
    this.#finish();
  }

  /** Finds out how the next message is framed. @returns where its text begins; -1: can't be told yet */
  #begin(input: Buffer, from: number): number {
    let at = from;
    // Newlines after counted messages, and the NUL that some senders end with.
    while (at < input.length && isFiller(input[at] ?? 0)) at += 1;
    if (at === input.length) return -1;
    let digits = at;
    let length = 0;
    while (digits < input.length && digits - at <= MAX_LENGTH_DIGITS && isDigit(input[digits] ?? 0)) {
      length = length * 10 + (input[digits] ?? 0) - ZERO;
      digits += 1;
    }
    const counts = digits > at && digits - at <= MAX_LENGTH_DIGITS && input[at] !== ZERO;
    if (!counts) {
      this.#rest = -1;
      return at;
    }
    if (digits === input.length || (input[digits] === SPACE && digits + 1 === input.length)) {
      this.#beginning = Buffer.from(input.subarray(at));
      return -1;
    }
    const isCounted = input[digits] === SPACE && input[digits + 1] === LESS;
    this.#rest = isCounted ? length : -1;
    return isCounted ? digits + 1 : at;
  }

  #readLine(input: Buffer, at: number): number {
    const newline = input.indexOf(NEWLINE, at);
    this.#hold(input.subarray(at, newline < 0 ? input.length : newline));
    if (newline < 0) return input.length;
    this.#finish();
    return newline + 1;
  }

  #readCounted(input: Buffer, at: number, rest: number): number {
    const taken = Math.min(rest, input.length - at);
    this.#hold(input.subarray(at, at + taken));
    this.#rest = rest - taken;
    if (this.#rest === 0) this.#finish();
    return at + taken;
  }

  #hold(bytes: Buffer): void {
    const room = this.#maxBytes - this.#heldBytes;
    if (bytes.length > room) this.#cut = true;
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes;
    if (kept.length === 0) return;
    this.#held.push(kept);
    this.#heldBytes += kept.length;
  }

  #finish(): void {
    const [first] = this.#held;
    const message = this.#held.length === 1 && first !== undefined ? first : Buffer.concat(this.#held);
    const cut = this.#cut;
    this.#held = [];
    this.#heldBytes = 0;
    this.#cut = false;
    this.#rest = undefined;
    const text = trimmed(message);
    if (text.length > 0) this.#onMessage(text, cut);
  }
}

/** Without the newlines and NULs that senders end a message with. */
export function trimmed(message: Buffer): Buffer {
  let end = message.length;
  while (end > 0 && isFiller(message[end - 1] ?? 0)) end -= 1;
  return end === message.length ? message : message.subarray(0, end);
}

function isFiller(byte: number): boolean {
  return byte === NEWLINE || byte === RETURN || byte === 0;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
