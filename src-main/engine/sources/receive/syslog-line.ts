import type { LabelFinder } from './labels.ts';

/** Reads a stamp without year or zone; see parse/stamp.ts, which is given by the composition. */
export interface StampReading {
  /** @returns the offset after `Nov 21 10:00:00`, or -1 where there is none */
  readBsd(bytes: Uint8Array, at: number, end: number): number;
  /** UTC milliseconds of the stamp read last. */
  readonly time: number;
}

export interface SyslogContext {
  /** Address of the sender. */
  from: string;
  now: number;
  stamps: StampReading;
  labelOf: LabelFinder;
}

const LESS = 60;
const NEWLINE = 10;
/** user.notice: what RFC 3164 (4.3.3) says of a message without a priority. */
const DEFAULT_PRIORITY = 13;
const HIGHEST_PRIORITY = 191;
/** Header fields end within so many bytes, or it is no header. */
const MAX_HEADER = 1024;

/** The header of a message, its fields as RFC 5424 writes them. */
interface Header {
  priority: number;
  stamp: string;
  host: string;
  program: string;
  process: string;
  messageId: string;
  /** Structured data as it came, without `-`. */
  data: Buffer;
  /** Where the text begins. */
  textAt: number;
}

const STAMP_5424 = String.raw`(-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))`;
const HEADER_5424 = new RegExp(
  String.raw`^1 ${STAMP_5424} ([!-~]{1,255}) ([!-~]{1,128}) ([!-~]{1,128}) ([!-~]{1,64}) (?=[-[])`,
);
const STAMP_ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)? /;
const NAME = String.raw`[!-9;-Z\\^-~]{1,128}`;
const PROCESS = String.raw`\[([!-Z\\^-~]{1,128})\]`;
/** `program[1]: `, `program: ` or `program[1] `. */
const TAG = new RegExp(`^(?:(${NAME})(?:${PROCESS})?:(?: |$)|(${NAME})${PROCESS} )`);
const HOST = /^([!-~]{1,255}) +/;

/**
 * One syslog message as a line of RFC 5424, whichever syslog it came in, so that the time carries a zone and sender and
 * class stand where they can be searched: `<38>1 2026-11-21T10:00:00.000Z host sshd 1 - [received from="…" class="…"] …`.
 * Nothing of the message is left out; its own newlines are kept as indented lines that continue it.
 * @param message not empty, without its frame
 * @returns the line with its newline
 */
export function syslogLine(message: Buffer, context: SyslogContext): Buffer {
  const header = readHeader(message, context);
  const { priority, program } = header;
  const label = context.labelOf({ facility: priority >> 3, program: program === '-' ? undefined : program });
  const origin = `[received from="${context.from}"${label === undefined ? '' : ` class="${label}"`}]`;
  const fields = [header.stamp, header.host, program, header.process, header.messageId, origin].join(' ');
  const text = oneRecord(message.subarray(header.textAt));
  return Buffer.concat([
    Buffer.from(`<${priority}>1 ${fields}`, 'latin1'),
    header.data,
    text.length === 0 ? NOTHING : SPACE,
    text,
    END,
  ]);
}

const NOTHING = Buffer.alloc(0);
const SPACE = Buffer.from(' ');
const END = Buffer.from('\n');

function readHeader(message: Buffer, context: SyslogContext): Header {
  const { priority, at } = readPriority(message);
  const head = message.toString('latin1', at, Math.min(message.length, at + MAX_HEADER));
  return read5424(message, head, at, priority, context) ?? readOld(message, head, at, priority, context);
}

/** `<13>`; a message without one counts as user.notice and is all text. */
function readPriority(message: Buffer): { priority: number; at: number } {
  if (message[0] === LESS) {
    const digits = /^<(\d{1,3})>/.exec(message.toString('latin1', 0, 5))?.[1];
    const priority = Number(digits ?? HIGHEST_PRIORITY + 1);
    if (digits !== undefined && priority <= HIGHEST_PRIORITY) return { priority, at: digits.length + 2 };
  }
  return { priority: DEFAULT_PRIORITY, at: 0 };
}

function read5424(
  message: Buffer,
  head: string,
  at: number,
  priority: number,
  context: SyslogContext,
): Header | undefined {
  const found = HEADER_5424.exec(head);
  if (found === null) return undefined;
  const [whole, stamp = '-', host = '-', program = '-', process = '-', messageId = '-'] = found;
  const dataAt = at + whole.length;
  const dataEnd = structuredDataEnd(message, dataAt);
  if (dataEnd < 0 || (dataEnd < message.length && message[dataEnd] !== SPACE[0])) return undefined;
  const data = message.subarray(dataAt, dataEnd);
  return {
    priority,
    stamp: stamp === '-' ? iso(context.now) : stamp,
    host: host === '-' ? context.from : host,
    program,
    process,
    messageId,
    data: data[0] === DASH ? NOTHING : oneRecord(data),
    textAt: afterMark(message, Math.min(message.length, dataEnd + 1)),
  };
}

const DASH = 45;
const OPEN = 91;
const CLOSE = 93;
const QUOTE = 34;
const BACKSLASH = 92;

/** The offset after `-` or `[id name="value"]…`; -1 where it does not close. */
function structuredDataEnd(message: Buffer, from: number): number {
  if (message[from] === DASH) return from + 1;
  let at = from;
  while (message[at] === OPEN) {
    let quoted = false;
    at += 1;
    while (at < message.length && (quoted || message[at] !== CLOSE)) {
      if (quoted && message[at] === BACKSLASH) at += 1;
      else if (message[at] === QUOTE) quoted = !quoted;
      at += 1;
    }
    if (at >= message.length) return -1;
    at += 1;
  }
  return at;
}

/** UTF-8's byte order mark, which the standard asks for, is no text. */
function afterMark(message: Buffer, at: number): number {
  return message[at] === 0xef && message[at + 1] === 0xbb && message[at + 2] === 0xbf ? at + 3 : at;
}

/** RFC 3164 and what goes by that name: any of stamp, host and tag may be missing. */
function readOld(
  message: Buffer,
  head: string,
  at: number,
  priority: number,
  context: SyslogContext,
): Header {
  const header: Header = {
    priority,
    stamp: iso(context.now),
    host: context.from,
    program: '-',
    process: '-',
    messageId: '-',
    data: NOTHING,
    textAt: at,
  };
  const stamp = readStamp(message, head, at, context.stamps);
  // Without priority and stamp it may be any text: nothing in it is taken for a tag.
  if (stamp === undefined) return at === 0 ? header : withTag(header, head, at);
  header.stamp = stamp.text;
  const rest = head.slice(stamp.end - at);
  const host = TAG.test(rest) ? null : HOST.exec(rest);
  if (host === null) return withTag(header, rest, stamp.end);
  header.host = host[1] ?? context.from;
  return withTag(header, rest.slice(host[0].length), stamp.end + host[0].length);
}

/** Takes `program[1]: ` off the text that begins at `from`, where it stands there. */
function withTag(header: Header, text: string, from: number): Header {
  const found = TAG.exec(text);
  if (found === null) return { ...header, textAt: from };
  const [whole, named, namedProcess, bare, bareProcess] = found;
  return {
    ...header,
    program: named ?? bare ?? '-',
    process: namedProcess ?? bareProcess ?? '-',
    textAt: from + whole.length,
  };
}

function readStamp(
  message: Buffer,
  head: string,
  at: number,
  stamps: StampReading,
): { text: string; end: number } | undefined {
  const found = STAMP_ISO.exec(head);
  if (found !== null) {
    const [whole, date = '', clock = '', fraction, zone] = found;
    const colon = zone !== undefined && zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
    // Without a zone the pipeline takes it as this machine's, as it does in a file.
    const text = `${date}T${clock}${fraction === undefined ? '' : `.${fraction}`}${colon ?? ''}`;
    return { text, end: at + whole.length };
  }
  const limit = Math.min(message.length, at + 40);
  const end = stamps.readBsd(message, at, limit);
  if (end < 0) return undefined;
  const after = message[end] === COLON ? end + 1 : end;
  if (message[after] !== SPACE[0]) return undefined;
  return { text: iso(stamps.time), end: after + 1 };
}

const COLON = 58;

/** A time that can be told; one that can't is no reason to lose the message. */
function iso(time: number): string {
  return Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : '-';
}

/** Newlines within a record would make lines of their own: as continuations they stay with it. */
function oneRecord(text: Buffer): Buffer {
  if (!text.includes(NEWLINE)) return text;
  return Buffer.from(text.toString('latin1').replace(/\r?\n/g, '\n\t'), 'latin1');
}
