import { deserialize, serialize } from 'node:v8';
import { isIP, type BlockList } from 'node:net';
import type { QueueState } from '../../../../src-preload/contract/system.ts';
import type { Finding } from '../../../../src-preload/contract/threats.ts';
import { EVENT_FLAG, type EventBatch, type EventKind } from '../../flow/event-batch.ts';
import {
  createAddressMemories,
  forgetQuiet,
  isShared,
  memoryOf,
  rememberRequest,
  rememberSuccess,
  type AddressMemory,
} from './address-memory.ts';
import { accepts, emptyEvent, entryOf, groupOf, readEvent, type BehaviourEvent } from './behaviour-event.ts';
import { extend, raise, snapshotOf, type OpenFinding } from './finding.ts';
import { GroupMap } from './group-map.ts';
import { level } from './list-bucket.ts';
import { addressList } from './address.ts';
import { total } from './rate-bucket.ts';
import type { RuleSet } from './rule-set.ts';
import type { LineRule } from './rule-schema.ts';
import { MAX_GROUPS, RuleState, type Group, type Judging } from './rule-state.ts';

export interface BehaviourOptions {
  /** Addresses and ranges that are never taken for an attacker. */
  allowlist?: readonly string[];
  /** Groups per rule; smaller in tests. */
  maxGroups?: number;
}

export interface BehaviourContext {
  /** When the batch was read: decides what is historic. */
  readAt: number;
  /** Only events of these times are taken; all where absent. */
  accept?: (time: number) => boolean;
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
  snapshot(): Uint8Array;
  /** Takes a snapshot back; what does not fit the rules in force starts anew. A damaged snapshot starts everything anew. */
  restore(bytes: Uint8Array): StateReport;
  reload(rules: RuleSet): StateReport;
  setAllowlist(entries: readonly string[]): void;
  /** Bounded parts with their drop counters, for the self-monitoring page. */
  queues(): QueueState[];
  /** How full the buckets of an address are, for explanations. */
  levels(address: string): { rule: string; level: number; capacity: number; open: boolean }[];
}

const SNAPSHOT_VERSION = 1;
/** Addresses remembered. */
const MAX_ADDRESSES = 50_000;
/** Directories known to exist, by hash. */
const MAX_DIRECTORIES = 20_000;
/** Two lines this close in time may tell of one attempt. */
const SAME_ATTEMPT_MS = 2000;
/** Quiet time after which a repeated single-line attack is a new finding. */
const LINE_BLACKHOLE_MS = 600_000;
const SWEEP_EVERY_MS = 60_000;
const MAX_ALLOW_CACHE = 20_000;

interface LineGroup {
  open: OpenFinding;
  rule: string;
}

export function createBehaviour(rules: RuleSet, options: BehaviourOptions = {}): Behaviour {
  return new BehaviourState(rules, options);
}

class BehaviourState implements Behaviour {
  readonly #maxGroups: number;
  #allowlist: BlockList;
  #allowsAny: boolean;
  #allowed = new Map<string, boolean>();
  #states: RuleState[] = [];
  #byKind = new Map<EventKind, RuleState[]>();
  #lineRules = new Map<string, LineRule>();
  #types = new Map<string, string>();
  readonly #memories = createAddressMemories(MAX_ADDRESSES);
  #directories = new Map<number, true>();
  #positions = new Map<number, number>();
  #lines: GroupMap<LineGroup>;
  #watermark = 0;
  #swept = 0;
  #found: Finding[] = [];
  readonly #event = emptyEvent();
  readonly #judging: Judging & { readAt: number };

  constructor(rules: RuleSet, options: BehaviourOptions) {
    this.#maxGroups = options.maxGroups ?? MAX_GROUPS;
    this.#allowlist = addressList(options.allowlist ?? []);
    this.#allowsAny = (options.allowlist ?? []).length > 0;
    this.#judging = {
      memory: (address) => this.#memories.peek(address),
      readAt: 0,
      emit: (finding) => this.#found.push(finding),
    };
    this.#lines = new GroupMap<LineGroup>(this.#maxGroups, () => true);
    this.reload(rules);
  }

  process(events: EventBatch, context: BehaviourContext): Finding[] {
    this.#judging.readAt = context.readAt;
    const done = this.#positions.get(events.stream) ?? -1;
    let last = done;
    for (let at = 0; at < events.count; at += 1) {
      const offset = events.offsets[at] ?? 0;
      if (offset <= done) continue;
      if (context.accept?.(events.times[at] ?? 0) === false) continue;
      last = Math.max(last, offset);
      readEvent(events, at, this.#event);
      this.#take(this.#event);
    }
    this.#positions.set(events.stream, last);
    this.#onward(this.#watermark);
    return this.#collect();
  }

  advance(now: number, context: BehaviourContext): Finding[] {
    this.#judging.readAt = context.readAt;
    this.#onward(now);
    return this.#collect();
  }

  finish(context: BehaviourContext): Finding[] {
    this.#judging.readAt = context.readAt;
    for (const state of this.#states) {
      state.advance(Infinity, this.#judging);
      state.sweep(Infinity, this.#judging);
    }
    for (const group of this.#lines.values()) this.#emitLine(group);
    return this.#collect();
  }

  #onward(now: number): void {
    for (const state of this.#states) state.advance(now, this.#judging);
    if (now - this.#swept < SWEEP_EVERY_MS) return;
    this.#swept = now;
    for (const state of this.#states) state.sweep(now, this.#judging);
    forgetQuiet(this.#memories, now);
    this.#lines.prune((group) => {
      const quiet = now > group.open.last + LINE_BLACKHOLE_MS;
      if (quiet) this.#emitLine(group);
      return quiet;
    });
  }

  #collect(): Finding[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #take(event: BehaviourEvent): void {
    if (event.time > this.#watermark) this.#watermark = event.time;
    if (event.address !== '' && this.#isAllowed(event.address)) return;
    event.type = this.#types.get(event.rule) ?? '';
    event.repeated = false;
    event.shared = false;
    event.knownDirectory = false;
    if (event.kind === 'request') this.#request(event);
    else if (event.kind === 'auth_success') this.#success(event);
    else if (event.kind === 'auth_failure') event.repeated = this.#failure(event);
    for (const state of this.#byKind.get(event.kind) ?? []) {
      if (!accepts(state.rule, event)) continue;
      if (event.repeated && state.rule.group_by.length === 1 && state.rule.group_by[0] === 'address')
        continue;
      const key = groupOf(event, state.rule);
      if (key !== undefined) state.take(event, key, this.#judging);
    }
    if (event.kind === 'web_attack') this.#attack(event);
  }

  #request(event: BehaviourEvent): void {
    if ((event.flags & EVENT_FLAG.asset) !== 0) return;
    const failed = event.status >= 400;
    event.knownDirectory = this.#directories.has(event.directory);
    if (!failed && event.status > 0 && !event.knownDirectory) {
      this.#directories.set(event.directory, true);
      if (this.#directories.size > MAX_DIRECTORIES) {
        const [oldest] = this.#directories.keys();
        if (oldest !== undefined) this.#directories.delete(oldest);
      }
    }
    if (event.address !== '')
      rememberRequest(memoryOf(this.#memories, event.address), event.time, event.agent, failed);
  }

  #success(event: BehaviourEvent): void {
    if (event.address !== '') {
      const memory = memoryOf(this.#memories, event.address);
      rememberSuccess(memory, event.time, event.user === '' ? `agent ${event.agent}` : event.user);
    }
    if (event.address !== '') event.shared = isShared(memoryOf(this.#memories, event.address));
    for (const state of this.#byKind.get('auth_failure') ?? []) {
      const key = groupOf(event, state.rule);
      if (key !== undefined) state.succeed(event, key);
    }
  }

  /** One attempt is often told twice: by sshd before and after the password, by the web server and the application. */
  #failure(event: BehaviourEvent): boolean {
    if (event.address === '') return false;
    const memory = memoryOf(this.#memories, event.address);
    event.shared = isShared(memory);
    const before = memory.lastFailure;
    const sameUser =
      before !== undefined && (before.user === event.user || before.user === '' || event.user === '');
    if (
      before !== undefined &&
      sameUser &&
      before.rule !== event.rule &&
      Math.abs(event.time - before.time) <= SAME_ATTEMPT_MS
    ) {
      memory.lastFailure = undefined;
      if (event.user !== '') {
        for (const state of this.#byKind.get('auth_failure') ?? []) {
          const key = groupOf(event, state.rule);
          if (key !== undefined) state.complete(key, event.user, event.time);
        }
      }
      return true;
    }
    memory.last = Math.max(memory.last, event.time);
    memory.lastFailure = { time: event.time, rule: event.rule, user: event.user };
    return false;
  }

  /** A single line that is an attack by itself: one finding per type, address and quiet time. */
  #attack(event: BehaviourEvent): void {
    const rule = this.#lineRules.get(event.rule);
    if (rule === undefined) return;
    const key = `${rule.type}\u0000${event.address}`;
    const group = this.#lines.get(key);
    const entry = entryOf(event);
    if (group !== undefined && event.time <= group.open.last + LINE_BLACKHOLE_MS) {
      const own = this.#lineRules.get(group.rule) ?? rule;
      // Two rules of one type on the same line are one event.
      const last = group.open.finding.evidence.at(-1);
      if (last?.offset === entry.offset && last.sourceId === entry.sourceId) return;
      if (extend(group.open, entry)) this.#found.push(snapshotOf(group.open, own));
      return;
    }
    if (group !== undefined) this.#emitLine(group);
    const open = raise(rule, key, [entry], 1, [event.address], this.#judging.readAt);
    if (open === undefined) return;
    this.#lines.set(key, { open, rule: rule.id });
    this.#found.push(snapshotOf(open, rule));
  }

  #emitLine(group: LineGroup): void {
    const rule = this.#lineRules.get(group.rule);
    if (group.open.changed && rule !== undefined) this.#found.push(snapshotOf(group.open, rule));
  }

  #isAllowed(address: string): boolean {
    if (!this.#allowsAny) return false;
    const known = this.#allowed.get(address);
    if (known !== undefined) return known;
    const family = isIP(address);
    const allowed = family !== 0 && this.#allowlist.check(address, family === 4 ? 'ipv4' : 'ipv6');
    if (this.#allowed.size >= MAX_ALLOW_CACHE) this.#allowed.clear();
    this.#allowed.set(address, allowed);
    return allowed;
  }

  setAllowlist(entries: readonly string[]): void {
    this.#allowlist = addressList(entries);
    this.#allowsAny = entries.length > 0;
    this.#allowed.clear();
  }

  reload(rules: RuleSet): StateReport {
    const before = new Map(this.#states.map((state) => [state.rule.id, state]));
    const report: StateReport = { kept: [], anew: [] };
    this.#states = rules.buckets.map((compiled) => {
      const old = before.get(compiled.rule.id);
      if (old?.hash === compiled.loaded.hash) {
        report.kept.push(compiled.rule.id);
        return old;
      }
      report.anew.push(compiled.rule.id);
      return new RuleState(compiled, this.#maxGroups);
    });
    this.#byKind = new Map();
    for (const state of this.#states) {
      for (const kind of state.rule.filter.kinds) {
        const list = this.#byKind.get(kind) ?? [];
        list.push(state);
        this.#byKind.set(kind, list);
      }
    }
    this.#lineRules = new Map(rules.lines.map(({ rule }) => [rule.id, rule]));
    this.#types = new Map([...rules.lines, ...rules.auth].map(({ rule }) => [rule.id, rule.type]));
    return report;
  }

  snapshot(): Uint8Array {
    return serialize({
      version: SNAPSHOT_VERSION,
      states: this.#states.map((state) => ({
        id: state.rule.id,
        hash: state.hash,
        groups: state.groups.save(),
        waiting: [...state.waiting],
      })),
      memories: this.#memories.save(),
      directories: this.#directories,
      positions: this.#positions,
      lines: this.#lines.save(),
      watermark: this.#watermark,
      swept: this.#swept,
    });
  }

  restore(bytes: Uint8Array): StateReport {
    const saved = readSnapshot(bytes);
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
      state.waiting.clear();
      for (const key of own.waiting) state.waiting.add(key);
      report.kept.push(state.rule.id);
    }
    this.#memories.load(saved.memories);
    this.#directories = saved.directories;
    this.#positions = saved.positions;
    this.#lines.load(saved.lines);
    this.#watermark = saved.watermark;
    this.#swept = saved.swept;
    return report;
  }

  queues(): QueueState[] {
    const groups = this.#states.reduce((sum, state) => sum + state.groups.size, 0);
    const dropped = this.#states.reduce((sum, state) => sum + state.groups.dropped, 0);
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
    for (const state of this.#states) {
      if (state.rule.group_by.length !== 1 || state.rule.group_by[0] !== 'address') continue;
      const group = state.groups.peek(address);
      if (group === undefined) continue;
      const full = group.rate === undefined ? levelOf(group, state) : total(group.rate.counts);
      levels.push({
        rule: state.rule.id,
        level: full,
        capacity: state.rule.capacity,
        open: group.open !== undefined,
      });
    }
    return levels;
  }
}

function levelOf(group: Group, state: RuleState): number {
  return group.list === undefined ? 0 : level(group.list, state.rule);
}

interface Snapshot {
  version: number;
  states: { id: string; hash: string; groups: ReturnType<GroupMap<Group>['save']>; waiting: string[] }[];
  memories: ReturnType<GroupMap<AddressMemory>['save']>;
  directories: Map<number, true>;
  positions: Map<number, number>;
  lines: ReturnType<GroupMap<LineGroup>['save']>;
  watermark: number;
  swept: number;
}

/** Written by this class alone, into a database of our own: the version says whether the shape fits. */
function readSnapshot(bytes: Uint8Array): Snapshot | undefined {
  try {
    const saved: unknown = deserialize(bytes);
    return isSnapshot(saved) ? saved : undefined;
  } catch {
    // A damaged snapshot is no snapshot; the caller says so by its report.
    return undefined;
  }
}

function isSnapshot(saved: unknown): saved is Snapshot {
  return (
    typeof saved === 'object' &&
    saved !== null &&
    'version' in saved &&
    saved.version === SNAPSHOT_VERSION &&
    'states' in saved &&
    Array.isArray(saved.states)
  );
}
