import { ByteScanner } from '../../flow/byte-scan.ts';
import { LINES_PER_RUN } from '../../flow/line-runs.ts';
import { EVENT, FIELD, FIELD_COUNT, type ParsedBatch } from '../../flow/parsed-batch.ts';
import type { AuthMeaning, MessageMeaning } from './auth-rules.ts';
import { createClassifier, type ProgramRules } from './classify.ts';
import { EVENT_FLAG, EVENT_KINDS, type EventBatch, type EventKind } from '../../flow/event-batch.ts';
import { EventBatchBuilder, type EventRow } from './event-batch-builder.ts';
import { CLEAN, type Verdict } from './field-cache.ts';
import { FieldJudge } from './field-judge.ts';
import { LineAddresses } from './line-addresses.ts';
import type { MessageForm } from './message-form.ts';
import { ProgramTable, type KnownProgram } from './program-table.ts';
import { requestMeaning } from './request-meaning.ts';
import type { LineEvent } from './rule-schema.ts';
import type { RuleSet } from './rule-set.ts';
import { TextBook } from './text-book.ts';
import type { Place } from './text-view.ts';

/** A line that means something. */
export interface LineMatch {
  /** Index in the batch. */
  line: number;
  rule: string;
  event: LineEvent;
  /** The rule's type: `sqli`, `xss`, … */
  type: string;
  where: Place | 'status';
  /** What matched. Hostile and unmasked: for explaining and masking, never for storing. */
  text: string;
  address: string;
  user: string;
}

export interface LineDetection {
  matches: LineMatch[];
  events: EventBatch;
}

export interface LineDetector {
  /**
   * Every line needs a time by now (`parse` fills them). Addresses and users that only a rule finds, in the middle of a
   * message, become fields of the batch: lines are searched by the one, and the other may have to be masked.
   */
  detect(batch: ParsedBatch): LineDetection;
  readonly rules: RuleSet;
}

export interface LineDetectorOptions {
  /** Addresses and ranges whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  /** False where nobody reads `matches`, nor evidence as it was written: both are empty then. */
  listsMatches?: boolean;
  /** What the bytes of batches are looked through with. It may hold them already. */
  scanner?: ByteScanner | undefined;
}

const kindCode = (kind: EventKind): number => EVENT_KINDS.indexOf(kind);
/** Longest line kept as evidence. */
const MAX_EVIDENCE_LENGTH = 1000;

/**
 * Matches single lines; one per worker thread. Keeps nothing between lines but caches, so the same bytes always give the
 * same answer.
 */
export function createLineDetector(rules: RuleSet, options: LineDetectorOptions = {}): LineDetector {
  const detector = new Detector(rules, options);
  return { rules, detect: (batch) => detector.detect(batch) };
}

class Detector {
  readonly #rules: RuleSet;
  readonly #programs: ProgramTable;
  readonly #scanner: ByteScanner;
  readonly #texts = new TextBook();
  readonly #fields: FieldJudge;
  readonly #addresses: LineAddresses;
  readonly #listsMatches: boolean;

  constructor(rules: RuleSet, options: LineDetectorOptions) {
    this.#rules = rules;
    this.#scanner = options.scanner ?? new ByteScanner();
    this.#programs = new ProgramTable(createClassifier(rules.auth, this.#scanner, [ATTACKERS_LITERALS]));
    this.#fields = new FieldJudge(rules, this.#scanner);
    this.#addresses = new LineAddresses(options.trustedProxies ?? []);
    this.#listsMatches = options.listsMatches ?? true;
  }

  detect(batch: ParsedBatch): LineDetection {
    const { sourceId, stream, count } = batch;
    const builder = new EventBatchBuilder(sourceId, stream, this.#rules.version, count, this.#texts);
    const matches: LineMatch[] | undefined = this.#listsMatches ? [] : undefined;
    this.#scanner.hold(batch.bytes);
    const row = emptyRow();
    for (let from = 0; from < count; from += LINES_PER_RUN)
      this.#detectRun(batch, from, Math.min(count, from + LINES_PER_RUN), row, builder, matches);
    return { matches: matches ?? [], events: builder.finish() };
  }

  #detectRun(
    batch: ParsedBatch,
    from: number,
    to: number,
    row: EventRow,
    builder: EventBatchBuilder,
    matches: LineMatch[] | undefined,
  ): void {
    const http = builder.intern('http');
    for (let line = from; line < to; line += 1) {
      row.time = batch.times[line] ?? 0;
      row.offset = batch.offset(line);
      row.status = batch.statuses[line] ?? 0;
      row.user = 0;
      row.text = 0;
      row.rule = 0;
      row.flags = 0;
      if (batch.events[line] === EVENT.request) {
        row.service = http;
        this.#request(batch, line, row, builder, matches);
      } else this.#message(batch, line, row, builder, matches);
    }
  }

  #request(
    batch: ParsedBatch,
    line: number,
    row: EventRow,
    builder: EventBatchBuilder,
    matches: LineMatch[] | undefined,
  ): void {
    this.#addresses.setClient(row, batch, line, builder);
    const target = this.#fields.target(batch, line, row);
    const agent = this.#fields.agent(batch, line, row);
    const referer = this.#fields.referer(batch, line);
    row.kind = 0;
    builder.push(row);
    const mayMean = row.status === 401 || (row.flags & EVENT_FLAG.signIn) !== 0;
    if (target !== CLEAN || agent !== CLEAN || referer !== CLEAN) {
      for (const verdict of [...target, ...agent, ...referer])
        this.#found(batch, line, row, builder, matches, verdict);
    }
    if (mayMean) this.#signIn(batch, line, row, builder, matches);
    // Error logs say what they think of a request in words.
    if (row.status === 0) this.#message(batch, line, row, builder, matches);
  }

  #found(
    batch: ParsedBatch,
    line: number,
    row: EventRow,
    builder: EventBatchBuilder,
    matches: LineMatch[] | undefined,
    verdict: Verdict,
  ): void {
    const { rule } = verdict.rule;
    matches?.push({
      line,
      rule: rule.id,
      event: rule.event,
      type: rule.type,
      where: verdict.place,
      text: verdict.text,
      address: builder.addressOf(row),
      user: batch.field(line, FIELD.user) ?? '',
    });
    row.kind = kindCode(rule.event);
    row.rule = builder.intern(rule.id);
    row.text = row.text === 0 ? this.#evidence(batch, line, builder) : row.text;
    builder.push(row);
  }

  #signIn(
    batch: ParsedBatch,
    line: number,
    row: EventRow,
    builder: EventBatchBuilder,
    matches: LineMatch[] | undefined,
  ): void {
    const method = batch.field(line, FIELD.method) ?? '';
    const meaning = requestMeaning(
      row.status,
      method,
      row.flags,
      () => batch.field(line, FIELD.target) ?? '',
    );
    if (meaning === undefined) return;
    const user = batch.field(line, FIELD.user) ?? '';
    matches?.push({
      line,
      rule: meaning.rule,
      event: meaning.event,
      type: meaning.event,
      where: 'status',
      text: String(row.status),
      address: builder.addressOf(row),
      user,
    });
    row.kind = kindCode(meaning.event);
    row.rule = builder.intern(meaning.rule);
    row.user = builder.intern(user);
    if (meaning.weak) row.flags |= EVENT_FLAG.weak;
    row.text =
      meaning.event === 'auth_success' ? 0 : row.text === 0 ? this.#evidence(batch, line, builder) : row.text;
    builder.push(row);
  }

  #message(
    batch: ParsedBatch,
    line: number,
    row: EventRow,
    builder: EventBatchBuilder,
    matches: LineMatch[] | undefined,
  ): void {
    const about = this.#programOf(batch, line);
    const at = (line * FIELD_COUNT + FIELD.message) * 2;
    const from = batch.slices[at] ?? -1;
    let candidates: number;
    let message: string | undefined;
    if (from >= 0 && about.tag === '') {
      const to = batch.slices[at + 1] ?? from;
      if (to - from < SHORTEST_MESSAGE) return;
      candidates = about.rules.gate.candidatesInBytes(batch.bytes, from, to);
    } else {
      message = `${about.tag}${batch.field(line, FIELD.message) ?? batch.text(line)}`;
      if (message.length < SHORTEST_MESSAGE) return;
      candidates = about.rules.gate.candidates(message);
    }
    if ((candidates & about.rules.deciding) === 0) return;
    const usual =
      message === undefined
        ? about.rules.formOf(batch.bytes, from, batch.slices[at + 1] ?? from, candidates)
        : undefined;
    let found: AuthMeaning | undefined;
    if (usual !== undefined) {
      if (!this.#addresses.set(row, batch, line, builder)) row.address = usual.form.address;
      row.user = builder.internBytes(batch.bytes, usual.form.userFrom, usual.form.userTo);
      this.#meant(batch, line, row, builder, matches, about.rules, usual.meaning);
    } else {
      message ??= batch.field(line, FIELD.message) ?? '';
      const meaning = about.rules.classify(message, candidates);
      // A field that says it is the client's address is surer than any text.
      const named = meaning !== undefined && this.#addresses.set(row, batch, line, builder);
      // Without an address nobody can be counted or held off.
      if (meaning !== undefined && (meaning.address !== '' || named || meaning.rule.local)) {
        found = meaning;
        if (!named) builder.setAddress(row, meaning.address);
        row.user = builder.intern(meaning.user === '' ? (batch.field(line, FIELD.user) ?? '') : meaning.user);
        this.#meant(batch, line, row, builder, matches, about.rules, meaning, message);
      }
    }
    if ((candidates & WRITTEN_BY_ATTACKER) !== 0) {
      for (const verdict of this.#fields.message(message ?? batch.field(line, FIELD.message) ?? '')) {
        this.#addresses.set(row, batch, line, builder);
        this.#found(batch, line, row, builder, matches, verdict);
      }
    }
    if (usual !== undefined) keepRead(batch, line, usual.form, builder.textOf(row.user));
    else if (found !== undefined) keepFound(batch, line, found.address, builder.textOf(row.user));
  }

  /** The event of a message. The row has its address and user. */
  #meant(
    batch: ParsedBatch,
    line: number,
    row: EventRow,
    builder: EventBatchBuilder,
    matches: LineMatch[] | undefined,
    about: ProgramRules,
    { event, rule, name }: MessageMeaning,
    message?: string,
  ): void {
    const text =
      matches === undefined && event === 'auth_success'
        ? ''
        : (message ?? batch.field(line, FIELD.message) ?? '');
    row.service = builder.internListed(about.service);
    row.kind = kindCode(event);
    row.rule = builder.internListed(name);
    row.target = 0;
    row.path = 0;
    row.directory = 0;
    row.agent = 0;
    row.flags =
      (rule.weak ? EVENT_FLAG.weak : 0) |
      (event !== 'auth_success' && /invalid|unknown|no such/i.test(text) ? EVENT_FLAG.unknownUser : 0);
    row.text = event === 'auth_success' ? 0 : this.#evidence(batch, line, builder);
    builder.push(row);
    matches?.push({
      line,
      rule: rule.id,
      event,
      type: rule.type,
      where: 'message',
      text: text.slice(0, MAX_EVIDENCE_LENGTH),
      address: builder.addressOf(row),
      user: builder.textOf(row.user),
    });
  }

  #programOf(batch: ParsedBatch, line: number): KnownProgram {
    const at = (line * FIELD_COUNT + FIELD.program) * 2;
    const start = batch.slices[at] ?? -1;
    if (start >= 0) return this.#programs.of(batch.bytes, start, batch.slices[at + 1] ?? start);
    return this.#programs.named(start === -1 ? '' : (batch.decoded[-2 - start] ?? ''));
  }

  /** A place for the line, as it was written where that is asked for: whoever keeps it puts the masked line there. */
  #evidence(batch: ParsedBatch, line: number, builder: EventBatchBuilder): number {
    return builder.add(this.#listsMatches ? batch.text(line).slice(0, MAX_EVIDENCE_LENGTH) : '');
  }
}

/** What a form has read becomes fields of the batch. */
function keepRead(batch: ParsedBatch, line: number, form: MessageForm, user: string): void {
  if (!batch.has(line, FIELD.address)) batch.setSlice(line, FIELD.address, form.addressFrom, form.addressTo);
  if (!batch.has(line, FIELD.user)) batch.setDecoded(line, FIELD.user, user);
}

/** The same of what a pattern has found. */
function keepFound(batch: ParsedBatch, line: number, address: string, user: string): void {
  if (address !== '' && !batch.has(line, FIELD.address)) batch.setFoundAddress(line, address);
  if (user !== '' && !batch.has(line, FIELD.user)) batch.setDecoded(line, FIELD.user, user);
}

/** Shorter messages mean nothing. */
const SHORTEST_MESSAGE = 6;
/** Rules on messages look for what an attacker wrote; without one of these none can match. The first bit of each gate. */
const ATTACKERS_LITERALS = ['$', '<', '{', '%', '../', '..\\'];
const WRITTEN_BY_ATTACKER = 1;

function emptyRow(): EventRow {
  return {
    time: 0,
    offset: 0,
    address: 0,
    otherAddress: 0,
    user: 0,
    service: 0,
    rule: 0,
    text: 0,
    target: 0,
    path: 0,
    directory: 0,
    agent: 0,
    status: 0,
    kind: 0,
    flags: 0,
  };
}
