import { isIP, type BlockList } from 'node:net';
import { EVENT, FIELD, FIELD_COUNT, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTES, FieldScan, stableHash } from './byte-classes.ts';
import { addressList, cleanAddress } from './address.ts';
import { AddressTable } from './address-table.ts';
import { createClassifier, type Classifier } from './classify.ts';
import { EVENT_FLAG, EVENT_KINDS, type EventBatch, type EventKind } from '../../flow/event-batch.ts';
import { EventBatchBuilder, type EventRow } from './event-batch-builder.ts';
import { CLEAN, FieldCache, type Verdict } from './field-cache.ts';
import { candidatesOf, gated, type GatedRules } from './gated-rules.ts';
import { isCandidate } from './literal-gate.ts';
import { requestMeaning, TARGET_FLAG_GATE, targetFlags } from './request-meaning.ts';
import type { LineEvent } from './rule-schema.ts';
import type { RuleSet } from './rule-set.ts';
import { hidesText, mayHideText, TextView, type Place } from './text-view.ts';

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
  /** Every line needs a time by now (`parse` fills them). The batch is only read. */
  detect(batch: ParsedBatch): LineDetection;
  readonly rules: RuleSet;
}

export interface LineDetectorOptions {
  /** Takes secrets and personal data out of a line before it becomes evidence. */
  mask?: (line: string) => string;
  /** Addresses and ranges whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  /** Random numbers that keep cache keys unknown to senders; fixed in tests. */
  seeds?: readonly [number, number];
}

/** Texts remembered per field, twice this number; 2 × 65,536 targets hold what a busy site has in a day. */
const TARGET_SETS = 65_536;
const AGENT_SETS = 8192;
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
  readonly #options: LineDetectorOptions;
  readonly #classifier: Classifier;
  readonly #scan: FieldScan;
  readonly #targets = new FieldCache(TARGET_SETS);
  readonly #agents = new FieldCache(AGENT_SETS);
  readonly #referers = new FieldCache(AGENT_SETS);
  readonly #byPlace = new Map<Place, GatedRules>();
  readonly #plainByPlace = new Map<Place, GatedRules>();
  readonly #proxies: BlockList;
  readonly #trustsAny: boolean;

  constructor(rules: RuleSet, options: LineDetectorOptions) {
    this.#rules = rules;
    this.#options = options;
    this.#classifier = createClassifier(rules.auth);
    const [one, two] = options.seeds ?? randomSeeds();
    this.#scan = new FieldScan(one, two);
    for (const place of ['target', 'agent', 'referer', 'message'] as const) {
      const concerned = rules.lines.filter(({ rule }) => rule.on.includes(place));
      this.#byPlace.set(place, gated(concerned));
      this.#plainByPlace.set(
        place,
        gated(concerned.filter(({ rule, loaded }) => rule.plain || loaded.origin === 'user')),
      );
    }
    this.#proxies = addressList(options.trustedProxies ?? []);
    this.#trustsAny = (options.trustedProxies ?? []).length > 0;
  }

  detect(batch: ParsedBatch): LineDetection {
    const builder = new EventBatchBuilder(batch.sourceId, batch.stream, this.#rules.version, batch.count);
    const matches: LineMatch[] = [];
    const addresses = new AddressTable(batch, builder);
    const http = builder.intern('http');
    const row = emptyRow();
    for (let line = 0; line < batch.count; line += 1) {
      row.time = batch.times[line] ?? 0;
      row.offset = batch.offset(line);
      row.size = batch.sizes[line] ?? 0;
      row.status = batch.statuses[line] ?? 0;
      row.user = 0;
      row.text = 0;
      row.rule = 0;
      row.flags = 0;
      if (batch.events[line] === EVENT.request) {
        row.service = http;
        this.#request(batch, line, row, builder, addresses, matches);
      } else this.#message(batch, line, row, builder, addresses, matches);
    }
    return { matches, events: builder.finish() };
  }

  #request(
    batch: ParsedBatch,
    line: number,
    row: EventRow,
    builder: EventBatchBuilder,
    addresses: AddressTable,
    matches: LineMatch[],
  ): void {
    row.address = this.#addressOf(batch, line, addresses, builder, row);
    const targetVerdicts = this.#target(batch, line, row);
    row.agent = 0;
    const agentSlot = this.#field(batch, line, FIELD.agent, 'agent', this.#agents);
    let others = CLEAN;
    if (agentSlot >= 0) {
      row.agent = this.#agents.targets[agentSlot] ?? 0;
      others = this.#agents.verdicts[agentSlot] ?? CLEAN;
    }
    const refererSlot = this.#field(batch, line, FIELD.referer, 'referer', this.#referers);
    const refererVerdicts = refererSlot < 0 ? CLEAN : (this.#referers.verdicts[refererSlot] ?? CLEAN);
    row.kind = 0;
    builder.push(row);
    const mayMean = row.status === 401 || (row.flags & EVENT_FLAG.signIn) !== 0;
    if (targetVerdicts !== CLEAN || others !== CLEAN || refererVerdicts !== CLEAN) {
      for (const verdict of [...targetVerdicts, ...others, ...refererVerdicts]) {
        this.#found(batch, line, row, builder, matches, verdict);
      }
    }
    if (mayMean) this.#signIn(batch, line, row, builder, matches);
    // Error logs say what they think of a request in words.
    if (row.status === 0) this.#message(batch, line, row, builder, addresses, matches);
  }

  #target(batch: ParsedBatch, line: number, row: EventRow): readonly Verdict[] {
    const slot = this.#field(batch, line, FIELD.target, 'target', this.#targets);
    if (slot < 0) {
      row.target = 0;
      row.path = 0;
      row.directory = 0;
      return CLEAN;
    }
    row.path = this.#scan.path;
    row.directory = this.#scan.directory;
    row.target = this.#targets.targets[slot] ?? 0;
    row.flags |= this.#targets.flags[slot] ?? 0;
    return this.#targets.verdicts[slot] ?? CLEAN;
  }

  /** The cache slot of a field, looked at now if it is new; -1 where the field is absent. */
  #field(batch: ParsedBatch, line: number, field: FieldCode, place: Place, cache: FieldCache): number {
    const at = (line * FIELD_COUNT + field) * 2;
    const start = batch.slices[at] ?? -1;
    if (start === -1) return -1;
    let bytes: Buffer = batch.bytes;
    let from = start;
    let to = batch.slices[at + 1] ?? start;
    if (start < -1) {
      bytes = Buffer.from(batch.decoded[-2 - start] ?? '', 'utf8');
      from = 0;
      to = bytes.length;
    }
    const scan = this.#scan;
    if (place === 'target') scan.target(bytes, from, to);
    else scan.agent(bytes, from, to);
    const known = cache.find(scan.first, scan.second);
    if (known >= 0) return known;
    const slot = cache.claim(scan.first, scan.second);
    cache.targets[slot] = stableHash(bytes, from, to);
    if (this.#isInnocent(place, bytes, from, to)) return slot;
    const raw = bytes.toString(scan.bits === 0 ? 'latin1' : 'utf8', from, to);
    if (place === 'target') cache.flags[slot] = targetFlags(raw);
    cache.verdicts[slot] = this.#judge(place, raw, scan.bits);
    return slot;
  }

  /**
   * Told by the bytes alone, before there is a string: nothing that decoding would change, and no piece of any rule. Most
   * new targets and agents of real traffic end here.
   */
  #isInnocent(place: Place, bytes: Buffer, from: number, to: number): boolean {
    const { bits } = this.#scan;
    if ((bits & (BYTES.sharp | BYTES.order)) !== 0) return false;
    if (place !== 'target') {
      if (bits !== 0) return false;
    } else if (
      ((bits & BYTES.unsure) !== 0 && mayHideText(bytes, from, to)) ||
      TARGET_FLAG_GATE.candidatesInBytes(bytes, from, to) !== 0
    ) {
      return false;
    }
    const plain = this.#plainByPlace.get(place);
    return plain === undefined || (plain.few && plain.gate.candidatesInBytes(bytes, from, to) === 0);
  }

  #judge(place: Place, raw: string, bits: number): readonly Verdict[] {
    const harmless = (bits & (BYTES.sharp | BYTES.order)) === 0 && !hidesText(raw);
    const gatedRules = (harmless ? this.#plainByPlace : this.#byPlace).get(place);
    if (gatedRules === undefined || gatedRules.rules.length === 0) return CLEAN;
    const view = new TextView(place, raw);
    const candidates = candidatesOf(gatedRules.gate, view);
    let verdicts: Verdict[] | undefined;
    for (const [index, rule] of gatedRules.rules.entries()) {
      if (!isCandidate(candidates, index)) continue;
      const text = rule.find(view);
      if (text === undefined) continue;
      verdicts ??= [];
      verdicts.push({ rule, place, text });
    }
    return verdicts ?? CLEAN;
  }

  #found(
    batch: ParsedBatch,
    line: number,
    row: EventRow,
    builder: EventBatchBuilder,
    matches: LineMatch[],
    verdict: Verdict,
  ): void {
    const { rule } = verdict.rule;
    matches.push({
      line,
      rule: rule.id,
      event: rule.event,
      type: rule.type,
      where: verdict.place,
      text: verdict.text,
      address: builder.finish().strings[row.address] ?? '',
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
    matches: LineMatch[],
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
    matches.push({
      line,
      rule: meaning.rule,
      event: meaning.event,
      type: meaning.event,
      where: 'status',
      text: String(row.status),
      address: builder.finish().strings[row.address] ?? '',
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
    addresses: AddressTable,
    matches: LineMatch[],
  ): void {
    const tag = batch.field(line, FIELD.program) ?? '';
    const body = batch.field(line, FIELD.message) ?? batch.text(line);
    // `auth(mia,192.0.2.9): …`: what stands in the tag belongs to the message.
    const message = tag.includes('(') ? `${tag}: ${body}` : body;
    if (message.length < 6) return;
    const program = tag.toLowerCase();
    const meaning = this.#classifier.classify(message, program);
    const parsed = meaning === undefined ? 0 : addresses.of(line, FIELD.address);
    // Without an address nobody can be counted or held off.
    if (meaning !== undefined && (meaning.address !== '' || parsed !== 0 || meaning.rule.local)) {
      // A field that says it is the client's address is surer than any text.
      row.address = parsed === 0 ? builder.intern(meaning.address) : parsed;
      const user = meaning.user === '' ? (batch.field(line, FIELD.user) ?? '') : meaning.user;
      row.user = builder.intern(user);
      row.service = builder.intern(serviceOf(program));
      row.kind = kindCode(meaning.event);
      row.rule = builder.intern(meaning.rule.id);
      row.target = 0;
      row.path = 0;
      row.directory = 0;
      row.agent = 0;
      row.flags =
        (meaning.rule.weak ? EVENT_FLAG.weak : 0) |
        (/invalid|unknown|no such/i.test(message) ? EVENT_FLAG.unknownUser : 0);
      row.text = meaning.event === 'auth_success' ? 0 : this.#evidence(batch, line, builder);
      builder.push(row);
      matches.push({
        line,
        rule: meaning.rule.id,
        event: meaning.event,
        type: meaning.rule.type,
        where: 'message',
        text: message.slice(0, MAX_EVIDENCE_LENGTH),
        address: builder.finish().strings[row.address] ?? '',
        user,
      });
    }
    const rules = this.#byPlace.get('message')?.rules ?? [];
    if (rules.length === 0 || !MESSAGE_GATE.test(message)) return;
    for (const verdict of this.#judge('message', message, BYTES.sharp)) {
      row.address = addresses.of(line, FIELD.address);
      this.#found(batch, line, row, builder, matches, verdict);
    }
  }

  #evidence(batch: ParsedBatch, line: number, builder: EventBatchBuilder): number {
    const text = batch.text(line).slice(0, MAX_EVIDENCE_LENGTH);
    return builder.add(this.#options.mask === undefined ? text : this.#options.mask(text));
  }

  /** Behind a trusted proxy the client is the last address of X-Forwarded-For that is no trusted proxy itself. */
  #addressOf(
    batch: ParsedBatch,
    line: number,
    addresses: AddressTable,
    builder: EventBatchBuilder,
    row: EventRow,
  ): number {
    const index = addresses.of(line, FIELD.address);
    if (!this.#trustsAny || !batch.has(line, FIELD.forwarded)) return index;
    if (!this.#isTrusted(builder.finish().strings[index] ?? '')) return index;
    const hops = (batch.field(line, FIELD.forwarded) ?? '').split(',', 32).reverse();
    for (const hop of hops) {
      const address = cleanAddress(hop);
      if (address === undefined) break;
      if (this.#isTrusted(address)) continue;
      row.flags |= EVENT_FLAG.forwarded;
      return builder.intern(address);
    }
    return index;
  }

  #isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#proxies.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Rules on messages look for what an attacker wrote; without these characters none can match. */
const MESSAGE_GATE = /[$<{%]|\.\.[/\\]/;

function serviceOf(program: string): string {
  const slash = program.indexOf('/');
  return slash > 0 ? program.slice(0, slash) : program;
}

function emptyRow(): EventRow {
  return {
    time: 0,
    offset: 0,
    size: 0,
    address: 0,
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

function randomSeeds(): readonly [number, number] {
  const [one, two] = crypto.getRandomValues(new Int32Array(2));
  return [one ?? 1, two ?? 2];
}
