import type { QueueState } from '../../../../src-preload/contract/system.ts';
import type { Finding } from '../../../../src-preload/contract/threats.ts';
import { EVENT_FLAG, EVENT_KINDS, type EventBatch, type EventKind } from '../../flow/event-batch.ts';
import { LINES_PER_RUN } from '../../flow/line-runs.ts';
import { AddressMemories } from './address-memory.ts';
import { AllowedAddresses } from './allowed-addresses.ts';
import { emptyEvent, readEvent, type BehaviourEvent } from './behaviour-event.ts';
import type { BehaviourRules } from './behaviour-rules.ts';
import { readSnapshot, writeSnapshot } from './behaviour-snapshot.ts';
import { DirectorySet } from './directory-set.ts';
import { LineAttacks } from './line-attacks.ts';
import { reach } from './list-bucket.ts';
import { noRequestRules, requestRulesOf, type RequestRules } from './request-rules.ts';
import { MAX_GROUPS, RuleState, type Judging } from './rule-state.ts';
import type { SignInNumbers, SuccessTable } from './success-table.ts';
import { TextHashes } from './text-hashes.ts';

export interface BehaviourOptions {
  /** Addresses and ranges that are never taken for an attacker. */
  allowlist?: readonly string[];
  /** Groups per rule; smaller in tests. */
  maxGroups?: number;
}

export interface BehaviourContext {
  /** When the batch was read: decides what is historic. */
  readAt: number;
  /** Only events from this time on, and before that one, are taken. */
  from?: number;
  before?: number;
}

/** What a reload or a restore did, by rule id. */
export interface StateReport {
  /** Buckets go on. */
  kept: string[];
  /** Buckets start anew: the rule is new or has changed. */
  anew: string[];
}

/** The one place that knows more than a line: all buckets, in event time. */
export interface Behaviour {
  /**
   * Takes a batch in and answers findings raised by it, and findings that grew (same id, larger count). Events at or below
   * the last offset already taken of their stream are skipped, so feeding the same lines again changes nothing.
   */
  process(events: EventBatch, context: BehaviourContext): Finding[];
  /** Event time went on without events: deferred verdicts and quiet findings. */
  advance(now: number, context: BehaviourContext): Finding[];
  /** No more will come: gives everything that is still held back. */
  finish(context: BehaviourContext): Finding[];
  snapshot(): Uint8Array[];
  /** Takes a snapshot back; what does not fit the rules in force starts anew. A damaged snapshot starts everything anew. */
  restore(pieces: readonly Uint8Array[]): StateReport;
  reload(rules: BehaviourRules): StateReport;
  setAllowlist(entries: readonly string[]): void;
  /** Bounded parts with their drop counters, for the self-monitoring page. */
  queues(): QueueState[];
  /** How full the buckets of an address are, for explanations. */
  levels(address: string): { rule: string; level: number; capacity: number; open: boolean }[];
}

/** Addresses remembered. */
const MAX_ADDRESSES = 50_000;
const SWEEP_EVERY_MS = 60_000;
/** Reading history a minute passes in a moment: everything known is looked through no more often than so many events. */
const SWEEP_EVERY_EVENTS = 50_000;

export function createBehaviour(rules: BehaviourRules, options: BehaviourOptions = {}): Behaviour {
  return new BehaviourState(rules, options);
}

class BehaviourState implements Behaviour {
  readonly #maxGroups: number;
  readonly #allowed = new AllowedAddresses();
  #states: RuleState[] = [];
  #byKind = new Map<EventKind, RuleState[]>();
  #requestRules: RequestRules = noRequestRules;
  /** Of rules that ask for the share of sign-ins that succeeded: all that most sign-ins concern. */
  #successes: readonly SuccessTable[] = [];
  #types = new Map<string, string>();
  readonly #memories: AddressMemories;
  readonly #directories = new DirectorySet();
  #positions = new Map<number, number>();
  readonly #attacks: LineAttacks;
  /** The longest that a bucket keeps a failed sign-in. */
  #failuresMatterMs = 0;
  #watermark = 0;
  #swept = 0;
  #sinceSweep = 0;
  #found: Finding[] = [];
  readonly #event = emptyEvent();
  readonly #hashes = new TextHashes();
  readonly #numbers: SignInNumbers = { user: 0, service: 0, address: 0, target: 0, directory: 0, agent: 0 };
  readonly #judging: Judging;

  constructor(rules: BehaviourRules, options: BehaviourOptions) {
    this.#maxGroups = options.maxGroups ?? MAX_GROUPS;
    this.#allowed.set(options.allowlist ?? []);
    this.#memories = new AddressMemories(MAX_ADDRESSES);
    const emit = (finding: Finding): void => void this.#found.push(finding);
    this.#judging = {
      memories: this.#memories,
      readAt: 0,
      emit,
    };
    this.#attacks = new LineAttacks(this.#maxGroups, emit);
    this.reload(rules);
  }

  process(events: EventBatch, context: BehaviourContext): Finding[] {
    this.#judging.readAt = context.readAt;
    this.#hashes.begin(events.strings);
    const done = this.#positions.get(events.stream) ?? -1;
    let last = done;
    for (let first = 0; first < events.count; first += LINES_PER_RUN) {
      const end = Math.min(events.count, first + LINES_PER_RUN);
      last = Math.max(last, this.#processRun(events, first, end, done, context));
    }
    this.#positions.set(events.stream, last);
    // The texts of a batch go with it.
    this.#hashes.begin([]);
    this.#sinceSweep += events.count;
    this.#onward(this.#watermark, this.#sinceSweep >= SWEEP_EVERY_EVENTS);
    return this.#collect();
  }

  /** @returns the last offset that was taken into account; `done` where none was */
  #processRun(
    events: EventBatch,
    first: number,
    end: number,
    done: number,
    { from = -Infinity, before = Infinity }: BehaviourContext,
  ): number {
    let last = done;
    this.#memories.touch(events.addresses, first, end, events.kinds[first] === REQUEST);
    for (let at = first; at < end; at += 1) {
      const offset = events.offsets[at] ?? 0;
      if (offset <= done) continue;
      const time = events.times[at] ?? 0;
      if (time < from || time >= before) continue;
      last = Math.max(last, offset);
      if (time > this.#watermark) this.#watermark = time;
      const ipv4 = events.addresses[at] ?? 0;
      const other = ipv4 === 0 ? (events.strings[events.otherAddresses[at] ?? 0] ?? '') : '';
      if (this.#allowed.has(ipv4, other)) continue;
      const slot = this.#memories.slotOf(ipv4, other);
      const kind = events.kinds[at] ?? 0;
      if (kind === REQUEST) this.#request(events, at, time, slot);
      else if (kind === SUCCESS) this.#success(events, at, time, slot);
      else this.#telling(events, at, slot);
    }
    return last;
  }

  advance(now: number, context: BehaviourContext): Finding[] {
    this.#judging.readAt = context.readAt;
    this.#onward(now, true);
    return this.#collect();
  }

  finish(context: BehaviourContext): Finding[] {
    this.#judging.readAt = context.readAt;
    for (const state of this.#states) {
      state.advance(Infinity, this.#judging);
      state.sweep(Infinity, this.#judging);
    }
    this.#attacks.sweep(Infinity);
    return this.#collect();
  }

  #onward(now: number, mayAsk: boolean): void {
    for (const state of this.#states) state.advance(now, this.#judging);
    if (!mayAsk || now - this.#swept < SWEEP_EVERY_MS) return;
    this.#swept = now;
    this.#sinceSweep = 0;
    for (const state of this.#states) state.sweep(now, this.#judging);
    this.#memories.forgetQuiet(now, this.#failuresMatterMs);
    this.#attacks.sweep(now);
  }

  #collect(): Finding[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /**
   * A plain request: nearly all there is, so it is read from the columns, and only what may be out of the ordinary becomes
   * an event.
   */
  #request(events: EventBatch, at: number, time: number, slot: number): void {
    const status = events.statuses[at] ?? 0;
    const failed = status >= 400;
    let known = false;
    if (((events.flags[at] ?? 0) & EVENT_FLAG.asset) === 0) {
      known = this.#knowsDirectory(events.directories[at] ?? 0, status);
      if (slot >= 0) this.#memories.rememberRequest(slot, time, events.agents[at] ?? 0, failed);
    }
    const { counting, ofAll, others } = this.#requestRules;
    let read = false;
    for (let index = 0; index < counting.length && slot >= 0; index += 1) {
      const state = counting[index];
      if (state?.table === undefined || state.table.add(slot, time, failed) < state.rule.capacity / 2)
        continue;
      if (!read) this.#read(events, at, slot, known);
      read = true;
      state.counted(this.#event, this.#judging);
    }
    for (let index = 0; index < ofAll.length; index += 1) {
      const state = ofAll[index];
      if (state?.countOfAll(time, failed, this.#judging) !== true) continue;
      if (!read) this.#read(events, at, slot, known);
      read = true;
      state.countedOfAll(this.#event, this.#judging);
    }
    for (let index = 0; index < others.length; index += 1) {
      const other = others[index];
      if (other === undefined || (other.statuses !== undefined && other.statuses[status] !== 1)) continue;
      if (!read) this.#read(events, at, slot, known);
      read = true;
      other.state.take(this.#event, this.#judging);
    }
  }

  #read(events: EventBatch, at: number, slot: number, knownDirectory: boolean): void {
    const event = this.#event;
    readEvent(events, at, event);
    event.slot = slot;
    event.address = this.#memories.textOf(slot);
    event.ipv4 = events.addresses[at] ?? 0;
    event.type = this.#types.get(event.rule) ?? '';
    event.repeated = false;
    event.shared = false;
    event.knownDirectory = knownDirectory;
  }

  /** Whether somebody has been answered from a directory before. */
  #knowsDirectory(directory: number, status: number): boolean {
    if (this.#directories.has(directory)) return true;
    if (status > 0 && status < 400) this.#directories.add(directory);
    return false;
  }

  /** A line that a rule made something of. */
  #telling(events: EventBatch, at: number, slot: number): void {
    this.#read(events, at, slot, false);
    const event = this.#event;
    if (slot >= 0) {
      const person = this.#personOf(events, at);
      if (event.kind === 'auth_failure')
        this.#failure(event, person, this.#hashes.of(events.rulesOf[at] ?? 0));
      this.#memories.signIns.rememberFailure(slot, event.time, person, this.#failuresMatterMs);
    }
    for (const state of this.#statesOf(event.kind)) state.take(event, this.#judging);
    if (event.kind === 'web_attack') this.#attacks.take(event, this.#judging.readAt);
  }

  #statesOf(kind: EventKind): readonly RuleState[] {
    return this.#byKind.get(kind) ?? [];
  }

  /** A hash of the user's name; 0 where it is not known. */
  #personOf(events: EventBatch, at: number): number {
    const user = events.users[at] ?? 0;
    return user === 0 ? 0 : this.#hashes.of(user);
  }

  /** Nearly all sign-ins succeed, and few follow a failure: only those become an event. */
  #success(events: EventBatch, at: number, time: number, slot: number): void {
    const { signIns } = this.#memories;
    const person = this.#personOf(events, at);
    let shared = false;
    let mayForgive = true;
    if (slot >= 0) {
      const wasShared = signIns.isShared(slot);
      signIns.rememberSuccess(slot, time, person === 0 ? (events.agents[at] ?? 0) : person);
      shared = signIns.isShared(slot);
      // Who becomes the second person clears the address of what buckets hold against it; afterwards they take nothing.
      mayForgive = shared !== wasShared || signIns.mayHaveFailed(slot, person);
    }
    this.#countSuccess(events, at, time, person);
    const states = this.#statesOf('auth_success');
    if (!mayForgive && states.length === 0) return;
    this.#read(events, at, slot, false);
    const event = this.#event;
    event.shared = shared;
    const failedAt = slot < 0 ? Infinity : signIns.failedAt(slot);
    if (mayForgive) for (const state of this.#statesOf('auth_failure')) state.forgive(event, failedAt);
    for (const state of states) state.take(event, this.#judging);
  }

  #countSuccess(events: EventBatch, at: number, time: number, person: number): void {
    const numbers = this.#numbers;
    numbers.user = person;
    numbers.service = this.#hashes.of(events.services[at] ?? 0);
    const ipv4 = events.addresses[at] ?? 0;
    const other = events.otherAddresses[at] ?? 0;
    numbers.address = ipv4 !== 0 || other === 0 ? ipv4 : this.#hashes.of(other);
    numbers.target = events.targets[at] ?? 0;
    numbers.directory = events.directories[at] ?? 0;
    numbers.agent = events.agents[at] ?? 0;
    for (const table of this.#successes) table.add(numbers, time);
  }

  #failure(event: BehaviourEvent, person: number, rule: number): void {
    const { signIns } = this.#memories;
    event.shared = signIns.isShared(event.slot);
    event.repeated = signIns.isToldAgain(event.slot, event.time, rule, person);
    if (!event.repeated || person === 0) return;
    for (const state of this.#statesOf('auth_failure')) state.complete(event);
  }

  setAllowlist(entries: readonly string[]): void {
    this.#allowed.set(entries);
  }

  reload(rules: BehaviourRules): StateReport {
    const before = new Map(this.#states.map((state) => [state.rule.id, state]));
    const report: StateReport = { kept: [], anew: [] };
    this.#states = rules.buckets.map((compiled) => {
      const old = before.get(compiled.rule.id);
      if (old?.hash === compiled.loaded.hash) {
        report.kept.push(compiled.rule.id);
        return old;
      }
      report.anew.push(compiled.rule.id);
      return new RuleState(compiled, this.#maxGroups, MAX_ADDRESSES);
    });
    this.#byKind = new Map();
    for (const state of this.#states) {
      for (const kind of state.rule.filter.kinds) {
        const list = this.#byKind.get(kind) ?? [];
        list.push(state);
        this.#byKind.set(kind, list);
      }
    }
    this.#failuresMatterMs = Math.max(0, ...this.#statesOf('auth_failure').map(({ rule }) => reach(rule)));
    this.#successes = this.#statesOf('auth_failure').flatMap(({ successes }) => successes ?? []);
    this.#requestRules = requestRulesOf(this.#statesOf('request'));
    this.#memories.setTables(this.#states.flatMap((state) => state.table ?? []));
    this.#attacks.setRules(rules.lines.map(({ rule }) => rule));
    this.#types = new Map([...rules.lines, ...rules.auth].map(({ rule }) => [rule.id, rule.type]));
    return report;
  }

  snapshot(): Uint8Array[] {
    return writeSnapshot({
      states: this.#states.map((state) => ({
        id: state.rule.id,
        hash: state.hash,
        groups: state.groups.save(),
        waiting: [...state.waiting],
        table: state.table?.save(),
        successes: state.successes?.save(),
      })),
      memories: this.#memories.save(),
      directories: this.#directories.save(),
      positions: this.#positions,
      lines: this.#attacks.save(),
      watermark: this.#watermark,
      swept: this.#swept,
    });
  }

  restore(pieces: readonly Uint8Array[]): StateReport {
    const saved = readSnapshot(pieces);
    if (saved === undefined) return { kept: [], anew: this.#states.map((state) => state.rule.id) };
    const report: StateReport = { kept: [], anew: [] };
    const byId = new Map(saved.states.map((state) => [state.id, state]));
    for (const state of this.#states) {
      const own = byId.get(state.rule.id);
      if (own?.hash !== state.hash) {
        report.anew.push(state.rule.id);
        continue;
      }
      state.groups.load(own.groups);
      if (own.table !== undefined) state.table?.load(own.table);
      if (own.successes !== undefined) state.successes?.load(own.successes);
      state.waiting.clear();
      for (const key of own.waiting) state.waiting.add(key);
      report.kept.push(state.rule.id);
    }
    this.#memories.load(saved.memories);
    this.#directories.load(saved.directories);
    this.#positions = saved.positions;
    this.#attacks.load(saved.lines);
    this.#watermark = saved.watermark;
    this.#swept = saved.swept;
    return report;
  }

  queues(): QueueState[] {
    const groups = this.#states.reduce((sum, state) => sum + state.groups.size, 0);
    const dropped = this.#states.reduce(
      (sum, state) => sum + state.groups.dropped + (state.successes?.dropped ?? 0),
      0,
    );
    return [
      { name: 'detect.buckets', depth: groups, limit: this.#states.length * this.#maxGroups, dropped },
      {
        name: 'detect.addresses',
        depth: this.#memories.size,
        limit: this.#memories.limit,
        dropped: this.#memories.dropped,
      },
    ];
  }

  levels(address: string): { rule: string; level: number; capacity: number; open: boolean }[] {
    const levels = [];
    const slot = this.#memories.find(address);
    for (const state of this.#states) {
      if (state.rule.group_by.length !== 1 || state.rule.group_by[0] !== 'address') continue;
      const found = state.levelOf(address, slot);
      if (found !== undefined) levels.push({ rule: state.rule.id, capacity: state.rule.capacity, ...found });
    }
    return levels;
  }
}

const REQUEST = EVENT_KINDS.indexOf('request');
const SUCCESS = EVENT_KINDS.indexOf('auth_success');
