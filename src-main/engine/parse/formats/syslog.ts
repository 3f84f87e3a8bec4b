import { FIELD, FIELD_COUNT, type ParsedBatch } from '../../flow/parsed-batch.ts';
import {
  BYTE,
  decimal,
  digitsEnd,
  isDigit,
  isLetter,
  looksLikeAddress,
  matchesAt,
  skipSpaces,
  wordEnd,
} from '../bytes.ts';
import { findLevel, levelOfWord, NO_LEVEL } from '../levels.ts';
import { combined } from './combined.ts';
import { packetDetails, takePacket } from './firewall.ts';
import { readObject } from './json.ts';
import { readPairs } from './logfmt.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

/** Longest host name (RFC 5424) and program name taken for one. */
const MAX_HOST = 255;
const MAX_PROGRAM = 128;

/**
 * Syslog: RFC 3164 (`Nov 21 10:00:00 host sshd[1]: …`), RFC 5424 (`<38>1 2026-11-21T… host sshd 1 - - …`), and
 * rsyslog's RFC 3164 with an ISO time stamp; each with or without the priority.
 */
export const syslog: LineFormat = {
  name: 'syslog',
  opensWith: (byte) => byte === BYTE.less || isDigit(byte) || isLetter(byte),
  parse,
  details,
};

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  let at = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  let level = NO_LEVEL;
  if (bytes[at] === BYTE.less) {
    const digits = digitsEnd(bytes, at + 1, Math.min(end, at + 4));
    if (digits === at + 1 || bytes[digits] !== BYTE.greater) return false;
    level = decimal(bytes, at + 1, digits) & 7;
    at = digits + 1;
    if (bytes[at] === 49 && bytes[at + 1] === BYTE.space)
      return parse5424(batch, line, context, at + 2, level);
  }
  const iso = isDigit(bytes[at]);
  const stampEnd = iso ? context.stamps.readIso(bytes, at, end) : context.stamps.readBsd(bytes, at, end);
  if (stampEnd === NO_STAMP) return false;
  at = bytes[stampEnd] === BYTE.colon ? stampEnd + 1 : stampEnd;
  if (bytes[at] !== BYTE.space || at >= end) return false;
  at = skipSpaces(bytes, at, end);
  const time = context.stamps.time;
  if (!readHostAndTag(batch, line, at, end, iso)) return false;
  batch.times[line] = time;
  setLevel(batch, line, level);
  readMessage(batch, line, level, context);
  return true;
}

/** Host (which some systems leave out), then `program[pid]: `. */
function readHostAndTag(batch: ParsedBatch, line: number, at: number, end: number, iso: boolean): boolean {
  const bytes = batch.bytes;
  const hostEnd = wordEnd(bytes, at, Math.min(end, at + MAX_HOST));
  const withoutHost = !iso && isTag(bytes, at, hostEnd);
  const tagStart = withoutHost ? at : skipSpaces(bytes, hostEnd, end);
  const programEnd = programEndAt(bytes, tagStart, end);
  if (iso) {
    // With an ISO stamp this could be any text: only `host program[1]: ` or `host program: ` makes it syslog.
    if (levelOfWord(bytes, at, hostEnd) !== NO_LEVEL || !isHost(bytes, at, hostEnd)) return false;
    if (programEnd < 0 || !isTag(bytes, tagStart, wordEnd(bytes, tagStart, end))) return false;
  }
  if (programEnd < 0) {
    batch.setSlice(line, FIELD.message, tagStart, end);
    return true;
  }
  const bracketed = bytes[tagStart] === BYTE.openBracket;
  batch.setSlice(line, FIELD.program, bracketed ? tagStart + 1 : tagStart, programEnd);
  batch.setSlice(line, FIELD.message, afterTag(bytes, programEnd, end), end);
  return true;
}

function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    const plain = isLetter(byte) || isDigit(byte) || byte === BYTE.dash || byte === BYTE.dot || byte === 95;
    if (!plain && byte !== BYTE.colon) return false;
  }
  return end > start && bytes[end - 1] !== BYTE.colon;
}

/** `program[1]:`, `program[1]`, `program(x)[1]:`, `program:` or `[program]`. */
function isTag(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1];
  if (last !== BYTE.colon && last !== BYTE.closeBracket) return false;
  return programEndAt(bytes, start, end) >= 0;
}

/** End of the program name, or -1 when no tag stands here. */
function programEndAt(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + MAX_PROGRAM);
  const first = bytes[start] === BYTE.openBracket ? start + 1 : start;
  for (let index = first; index < limit; index += 1) {
    const byte = bytes[index];
    if (byte === BYTE.openBracket || byte === BYTE.colon || byte === 40) return index > first ? index : -1;
    if (byte === BYTE.closeBracket) return first > start && index > first ? index : -1;
    if (byte === BYTE.space || byte === BYTE.quote || byte === BYTE.equals) return -1;
  }
  return -1;
}

/** Where the message begins after `program`, `(module)`, `[pid]` and the colon. */
function afterTag(bytes: Uint8Array, programEnd: number, end: number): number {
  let at = programEnd;
  while (at < end && bytes[at] !== BYTE.space && bytes[at] !== BYTE.colon) at += 1;
  // `sshd(pam_unix)[1]:` and `httpd[1]: [core:error]`: the tag's colon is the one a space follows.
  while (at < end && bytes[at] === BYTE.colon && bytes[at + 1] !== BYTE.space && at + 1 < end) {
    at += 1;
    while (at < end && bytes[at] !== BYTE.space && bytes[at] !== BYTE.colon) at += 1;
  }
  return skipSpaces(bytes, bytes[at] === BYTE.colon ? at + 1 : at, end);
}

/** `TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA MSG`. */
function parse5424(
  batch: ParsedBatch,
  line: number,
  context: ParseContext,
  from: number,
  level: number,
): boolean {
  const bytes = batch.bytes;
  const end = batch.ends[line] ?? 0;
  let at = from;
  let time = Number.NaN;
  if (bytes[at] === BYTE.dash) at += 1;
  else {
    at = context.stamps.readIso(bytes, from, end);
    if (at === NO_STAMP) return false;
    time = context.stamps.time;
  }
  if (bytes[at] !== BYTE.space || at >= end) return false;
  const programStart = wordEnd(bytes, at + 1, end) + 1;
  const programEnd = wordEnd(bytes, programStart, end);
  const processEnd = wordEnd(bytes, programEnd + 1, end);
  const messageIdEnd = wordEnd(bytes, processEnd + 1, end);
  if (messageIdEnd >= end) return false;
  if (programEnd - programStart > 1 || bytes[programStart] !== BYTE.dash) {
    batch.setSlice(line, FIELD.program, programStart, programEnd);
  }
  let message = skipSpaces(bytes, structuredDataEnd(bytes, messageIdEnd + 1, end), end);
  // UTF-8's byte order mark, which the standard asks for.
  if (bytes[message] === 0xef && bytes[message + 1] === 0xbb && bytes[message + 2] === 0xbf) message += 3;
  batch.setSlice(line, FIELD.message, Math.min(message, end), end);
  batch.times[line] = time;
  setLevel(batch, line, level);
  readMessage(batch, line, level, context);
  return true;
}

/** What applications write into syslog in another format: JSON, logfmt, access logs, the kernel's packet filter. */
function readMessage(batch: ParsedBatch, line: number, level: number, context: ParseContext): void {
  const slot = (line * FIELD_COUNT + FIELD.message) * 2;
  const from = batch.slices[slot] ?? -1;
  const first = batch.bytes[from] ?? 0;
  if (first === BYTE.openBrace) readInner(readObject, batch, line, context);
  else if (first === 116 || first === 108) {
    if (isLogfmt(batch, line, from)) readInner(readPairs, batch, line, context);
  } else if (isDigit(first) || first === BYTE.colon || (first >= 97 && first <= 102)) {
    readAccess(batch, line, from, context);
  } else if (isKernel(batch, line)) {
    takePacket(batch, line, from, batch.ends[line] ?? 0, level !== NO_LEVEL);
  }
}

/** `access_log syslog:…` of nginx and its kin: the client's address comes first. */
function readAccess(batch: ParsedBatch, line: number, from: number, context: ParseContext): void {
  const { bytes } = batch;
  const end = batch.ends[line] ?? 0;
  if (!looksLikeAddress(bytes, from, wordEnd(bytes, from, end))) return;
  const start = batch.starts[line] ?? 0;
  batch.starts[line] = from;
  // It writes nothing where it refuses.
  combined.parse(batch, line, context);
  batch.starts[line] = start;
}

function isLogfmt(batch: ParsedBatch, line: number, from: number): boolean {
  const end = batch.ends[line] ?? 0;
  return OPENINGS.some((opening) => matchesAt(batch.bytes, from, end, opening));
}

/** Keys logfmt lines begin with. */
const OPENINGS = ['time=', 'ts=', 'level=', 't=', 'lvl='];

type InnerReader = (
  batch: ParsedBatch,
  line: number,
  from: number,
  end: number,
  context: ParseContext,
) => boolean;

/** Time and program stay syslog's; message, level and the rest are what the application says. */
function readInner(read: InnerReader, batch: ParsedBatch, line: number, context: ParseContext): void {
  const slot = (line * FIELD_COUNT + FIELD.message) * 2;
  const from = batch.slices[slot] ?? 0;
  const end = batch.ends[line] ?? 0;
  batch.slices[slot] = -1;
  read(batch, line, from, end, context);
  if (batch.slices[slot] === -1) batch.setSlice(line, FIELD.message, from, end);
}

function isKernel(batch: ParsedBatch, line: number): boolean {
  const slot = (line * FIELD_COUNT + FIELD.program) * 2;
  const from = batch.slices[slot] ?? -1;
  return from >= 0 && batch.slices[slot + 1] === from + 6 && matchesAt(batch.bytes, from, from + 6, 'kernel');
}

function structuredDataEnd(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== BYTE.openBracket) return wordEnd(bytes, at, end);
  let quoted = false;
  for (let index = at; index < end; index += 1) {
    const byte = bytes[index];
    if (byte === BYTE.backslash) index += 1;
    else if (byte === BYTE.quote) quoted = !quoted;
    else if (byte === BYTE.closeBracket && !quoted && bytes[index + 1] !== BYTE.openBracket) return index + 1;
  }
  return end;
}

/** The priority's severity, else what the message says at its start (`error: …`, `[Warning] …`), else informational. */
function setLevel(batch: ParsedBatch, line: number, level: number): void {
  if (level !== NO_LEVEL) {
    batch.levels[line] = level;
    return;
  }
  const at = batch.slices[(line * FIELD_COUNT + FIELD.message) * 2] ?? 0;
  const end = batch.ends[line] ?? 0;
  const found = findLevel(batch.bytes, at, Math.min(end, at + 24));
  if (found !== NO_LEVEL) batch.levels[line] = found;
}

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );

/** Host, process, facility, and RFC 5424's message id and structured data. */
function* details(line: string): Generator<[string, string]> {
  const priority = /^<(\d{1,3})>/.exec(line);
  const facility = priority === null ? undefined : FACILITIES[Number(priority[1]) >> 3];
  if (facility !== undefined) yield ['log.syslog.facility', facility];
  const modern = /^<\d{1,3}>1 \S+ (\S+) \S+ (\S+) (\S+) /.exec(line);
  if (modern !== null) {
    const [head, host = '-', process = '-', id = '-'] = modern;
    if (host !== '-') yield ['host.name', host];
    if (process !== '-') yield ['process.pid', process];
    if (id !== '-') yield ['log.syslog.msgid', id];
    yield* structuredData(line.slice(head.length));
    return;
  }
  const old =
    /^(?:<\d{1,3}>)?(?:[A-Za-z]{3}\s+\d{1,2},? (?:\d{4} )?[\d:.,]+(?: \d{4})?:?|\d{4}-\S+(?: [\d:.,]+\S*)?) +(\S+) +(?:[^\s:[]+(?:\([^)]*\))?(?:\[(\d+)\])?:)?/.exec(
      line,
    );
  if (old?.[1] !== undefined && !old[1].endsWith(':') && !old[1].endsWith(']')) yield ['host.name', old[1]];
  if (old?.[2] !== undefined) yield ['process.pid', old[2]];
  yield* packetDetails(line);
}

/** `[id name="value" …][id …]`: names are joined to their element's. */
function* structuredData(text: string): Generator<[string, string]> {
  for (let rest = text; rest.startsWith('[');) {
    const element = /^\[([^\s\]]+)((?: [^\s=]+="(?:[^"\\]|\\.)*")*)\]/.exec(rest);
    if (element === null) return;
    for (const [, name = '', value = ''] of (element[2] ?? '').matchAll(/ ([^\s=]+)="((?:[^"\\]|\\.)*)"/g)) {
      yield [`${element[1]}.${name}`, value.replace(/\\(["\\\]])/g, '$1')];
    }
    rest = rest.slice(element[0].length);
  }
}
