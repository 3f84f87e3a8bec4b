import type { Finding } from '../../../../src-preload/contract/threats.ts';
import { ipv4OfText, textOfIpv4 } from '../../flow/ipv4.ts';
import type { AddressMemories } from './address-memory.ts';
import { accepts, groupOf, sharedEntry, type BehaviourEvent, type BucketEntry } from './behaviour-event.ts';
import { extend, raise, snapshotOf, type OpenFinding } from './finding.ts';
import { GUARD, WAIT_MS, type Verdict } from './guards.ts';
import { GroupMap, type GroupKey } from './group-map.ts';
import {
  listOf,
  forgive,
  isFull,
  level,
  nameUser,
  pour,
  purge,
  reach,
  type ListBucket,
} from './list-bucket.ts';
import { countRequest, emptyRateBucket, isFilling, remember, type RateBucket } from './rate-bucket.ts';
import { RateTable, type RateReading } from './rate-table.ts';
import { errorsOf, listFits, mostAskedPath, rateFits } from './requirements.ts';
import type { CompiledBucketRule } from './rule-set.ts';
import type { BucketRule } from './rule-schema.ts';
import { SuccessTable } from './success-table.ts';

/** One group of one rule: its bucket and the finding that came of it. Plain data, so that it can be saved as it is. */
export interface Group {
  key: GroupKey;
  list: ListBucket | undefined;
  rate: RateBucket | undefined;
  /** Of a counting rule: the last requests, kept when the counter fills. */
  recent: BucketEntry[];
  open: OpenFinding | undefined;
  /** When a deferred verdict is due; 0 = none. */
  due: number;
  /** Last time a full counter was judged: a busy site fills it with every request. */
  judged: number;
  /** Newest event. */
  latest: number;
}

/** Most groups never see a second event: of such a one, nothing is kept but the event. */
export type KeptGroup = Group | BucketEntry;

/** What a rule state needs of the world to judge. */
export interface Judging {
  memories: AddressMemories;
  readAt: number;
  emit(finding: Finding): void;
}

/** Groups of one rule. Live and historic together have this many at most. */
export const MAX_GROUPS = 20_000;
const JUDGE_EVERY_MS = 1000;

/** All buckets of one rule. */
export class RuleState {
  readonly rule: BucketRule;
  readonly hash: string;
  readonly groups: GroupMap<KeptGroup>;
  /** Keys of groups whose verdict is deferred. */
  readonly waiting = new Set<GroupKey>();
  /** Requests of each address; undefined where the rule does not count those. */
  readonly table: RateTable | undefined;
  /** Sign-ins that succeeded; undefined where the rule does not ask for their share. */
  readonly successes: SuccessTable | undefined;
  /** The rule counts all requests in one group. */
  readonly countsOfAll: boolean;
  readonly #counts: boolean;
  #judging: Judging | undefined;

  constructor(compiled: CompiledBucketRule, limit: number, addresses: number) {
    this.rule = compiled.rule;
    this.hash = compiled.loaded.hash;
    // Plain requests come by the thousand: counted, not kept, unless the rule asks for different values.
    this.#counts =
      this.rule.distinct === undefined && this.rule.window !== undefined && isFrequent(this.rule);
    this.table =
      this.#counts && isByAddress(this.rule) && this.rule.require.times_usual === undefined
        ? new RateTable(this.rule, addresses)
        : undefined;
    this.successes =
      this.rule.require.success_share_below === undefined ? undefined : new SuccessTable(this.rule, limit);
    this.countsOfAll = this.#counts && this.rule.group_by.length === 0;
    this.groups = new GroupMap<KeptGroup>(
      limit,
      (group) => isGroup(group) && (group.open !== undefined || (group.list?.entries.length ?? 0) > 1),
      (group) => {
        if (!isGroup(group)) return;
        this.waiting.delete(group.key);
        if (group.open?.changed === true) this.#judging?.emit(snapshotOf(group.open, this.rule));
      },
    );
  }

  take(event: BehaviourEvent, judging: Judging): void {
    if (!accepts(this.rule, event)) return;
    if (event.repeated && isByAddress(this.rule)) return;
    if (this.#counts) this.#count(event, judging);
    else this.#list(event, judging);
  }

  #group(key: GroupKey, time: number, judging: Judging): Group {
    return this.#opened(key, this.groups.get(key), time, judging);
  }

  /** @param kept what `groups` has of the key */
  #opened(key: GroupKey, kept: KeptGroup | undefined, time: number, judging: Judging): Group {
    this.#judging = judging;
    let group = kept;
    if (group === undefined || !isGroup(group)) {
      group = {
        key,
        list: this.#counts ? undefined : listOf(group),
        rate: this.#counts && this.table === undefined ? emptyRateBucket() : undefined,
        recent: [],
        open: undefined,
        due: 0,
        judged: 0,
        latest: group?.time ?? 0,
      };
      this.groups.set(key, group);
    }
    group.latest = Math.max(group.latest, time);
    if (group.open !== undefined && time > group.open.last + this.rule.blackhole) this.#close(group, judging);
    return group;
  }

  /**
   * A sign-in succeeded in this group: failures of the same person before it were typing errors.
   * @param failedAt when one from the address last failed: what is older than the rule's window is in no bucket
   */
  forgive(event: BehaviourEvent, failedAt: number): void {
    if (failedAt <= event.time - reach(this.rule)) return;
    const key = groupOf(event, this.rule);
    const kept = key === undefined ? undefined : this.groups.peek(key);
    if (key === undefined || kept === undefined) return;
    const list = isGroup(kept) ? kept.list : listOf(kept);
    if (list === undefined || list.entries.length === 0) return;
    forgive(list, this.rule, event.address, event.user, event.agent);
    if (event.shared && this.rule.filter.unshared) purge(list, this.rule, event.address, () => true);
    if (!isGroup(kept) && list.entries.length === 0) this.groups.delete(key);
  }

  /** The user of an attempt, told by a second line about it. */
  complete(event: BehaviourEvent): void {
    const key = groupOf(event, this.rule);
    const kept = key === undefined ? undefined : this.groups.get(key);
    if (key === undefined || kept === undefined) return;
    const list = isGroup(kept) ? kept.list : listOf(kept);
    if (list === undefined) return;
    nameUser(list, this.rule, event.user, event.time);
    if (!isGroup(kept)) this.groups.set(key, list.entries[0] ?? kept);
  }

  /** Gives deferred verdicts whose time has come, and ends findings that have gone quiet. */
  advance(now: number, judging: Judging): void {
    if (this.waiting.size === 0) return;
    this.#judging = judging;
    for (const key of [...this.waiting]) {
      const group = this.groups.peek(key);
      if (group === undefined || !isGroup(group) || group.list === undefined) this.waiting.delete(key);
      else if (group.due <= now) {
        this.waiting.delete(key);
        group.due = 0;
        const list = group.list;
        if (group.open === undefined && isFull(list, this.rule) && this.#listFits(list, now)) {
          if (this.#verdict(group, undefined, Math.max(now, group.latest + WAIT_MS), judging) === 'attack') {
            this.#raise(group, list.entries, list.entries.length, judging);
          }
        }
      }
    }
  }

  /**
   * Ends every finding that has been quiet for its blackhole, and forgets groups that nothing in their window speaks for any
   * more: a busy site's clients of an hour ago. All of them where `now` is Infinity.
   */
  sweep(now: number, judging: Judging): void {
    this.#judging = judging;
    // What is usual in a group is learnt over many windows: such are not forgotten.
    const before = this.rule.require.times_usual === undefined ? now - 2 * reach(this.rule) : -Infinity;
    this.groups.prune((group) => {
      if (!isGroup(group)) return group.time < before;
      if (group.open !== undefined && now > group.open.last + this.rule.blackhole)
        this.#close(group, judging);
      return group.open === undefined && group.latest < before && !this.waiting.has(group.key);
    });
  }

  /** How full an address's bucket is; undefined where it has none. */
  levelOf(address: string, slot: number): { level: number; open: boolean } | undefined {
    const kept = this.groups.peek(ipv4OfText(address) || address);
    const open = kept !== undefined && isGroup(kept) && kept.open !== undefined;
    if (this.table !== undefined)
      return slot < 0 ? undefined : { level: this.table.reading(slot).count, open };
    if (kept === undefined) return undefined;
    const list = isGroup(kept) ? kept.list : listOf(kept);
    if (list !== undefined) return { level: level(list, this.rule), open };
    return { level: isGroup(kept) ? (kept.rate?.count ?? 0) : 0, open };
  }

  #count(event: BehaviourEvent, judging: Judging): void {
    const failed = event.status >= 400;
    if (this.table === undefined) {
      const key = groupOf(event, this.rule);
      if (key === undefined) return;
      const group = this.#group(key, event.time, judging);
      const rate = group.rate;
      if (rate === undefined) return;
      const count = countRequest(rate, this.rule, event.time, failed);
      if (count === 0 || !isFilling(rate, this.rule)) return;
      this.#filling(group, { count, errors: rate.errorCount }, event, judging);
    } else if (event.slot >= 0) {
      const count = this.table.add(event.slot, event.time, failed);
      if (count >= this.rule.capacity / 2) this.counted(event, judging);
    }
  }

  /**
   * Counts a request of a rule about all requests together.
   * @returns whether the counter fills, so that the request must be looked at: `countedOfAll`
   */
  countOfAll(time: number, failed: boolean, judging: Judging): boolean {
    const { rate } = this.#group('', time, judging);
    return (
      rate !== undefined && countRequest(rate, this.rule, time, failed) > 0 && isFilling(rate, this.rule)
    );
  }

  countedOfAll(event: BehaviourEvent, judging: Judging): void {
    const group = this.#group('', event.time, judging);
    if (group.rate === undefined) return;
    this.#filling(group, { count: group.rate.count, errors: group.rate.errorCount }, event, judging);
  }

  /** A request that `table` has counted, of an address whose counter is at least half full. */
  counted(event: BehaviourEvent, judging: Judging): void {
    if (this.table === undefined || event.slot < 0) return;
    const group = this.#group(event.ipv4 === 0 ? event.address : event.ipv4, event.time, judging);
    this.#filling(group, this.table.reading(event.slot), event, judging);
  }

  /** A counter is at least half full: its requests are kept, and a full one is judged. */
  #filling(group: Group, reading: RateReading, event: BehaviourEvent, judging: Judging): void {
    const entry = sharedEntry(event);
    remember(group.recent, this.rule, entry);
    if (reading.count < this.rule.capacity) return;
    const ofAll = this.rule.group_by.length === 0;
    if (group.open !== undefined) {
      // Of a surge only what takes part in it counts on.
      if (ofAll && event.path !== mostAskedPath(group.recent.slice(-200)) && event.status < 400) return;
      if (extend(group.open, entry)) judging.emit(snapshotOf(group.open, this.rule));
      return;
    }
    if (ofAll && event.time - group.judged < JUDGE_EVERY_MS) return;
    group.judged = event.time;
    const from = event.time - (this.rule.window ?? 0);
    const recent = group.recent.filter((one) => one.time > from);
    if (!rateFits(reading, group.rate, recent, this.rule)) return;
    if (this.#verdict(group, reading, event.time, judging) !== 'attack') return;
    const path = ofAll ? mostAskedPath(recent) : 0;
    const taking = path === 0 ? recent : recent.filter((one) => one.path === path || one.status >= 400);
    const before = taking.filter((one) => one.offset !== event.offset);
    this.#raise(group, [...before, entry], reading.count, judging);
  }

  #list(event: BehaviourEvent, judging: Judging): void {
    const key = groupOf(event, this.rule);
    if (key === undefined) return;
    const entry = sharedEntry(event);
    const kept = this.groups.get(key);
    if (kept === undefined && this.rule.capacity > 1) {
      this.#judging = judging;
      this.groups.set(key, entry);
      return;
    }
    const group = this.#opened(key, kept, event.time, judging);
    const { list } = group;
    if (list === undefined) return;
    const full = pour(list, this.rule, entry);
    if (group.open !== undefined) {
      if (extend(group.open, entry)) judging.emit(snapshotOf(group.open, this.rule));
      return;
    }
    if (!full || group.due > event.time || !this.#listFits(list, event.time)) return;
    const verdict = this.#verdict(group, undefined, event.time, judging);
    if (verdict === 'wait') {
      group.due = event.time + WAIT_MS;
      this.waiting.add(group.key);
    } else if (verdict === 'attack') this.#raise(group, list.entries, list.entries.length, judging);
  }

  #listFits(list: ListBucket, now: number): boolean {
    return listFits(list, this.successes?.count(list.entries.at(-1), now) ?? 0, this.rule);
  }

  #verdict(group: Group, reading: RateReading | undefined, now: number, judging: Judging): Verdict {
    const entries = group.list?.entries ?? [];
    const address = this.rule.group_by.includes('address')
      ? (entries.at(-1)?.address ?? group.recent.at(-1)?.address)
      : undefined;
    const slot = address === undefined ? -1 : judging.memories.find(address);
    const judged = {
      slot,
      memories: judging.memories,
      entries,
      count: reading?.count ?? entries.length,
      capacity: this.rule.capacity,
      errors: reading?.errors ?? errorsOf(entries),
      windowMs: reach(this.rule),
      now,
    };
    let waits = false;
    for (const guard of this.rule.unless) {
      const verdict = GUARD[guard](judged);
      if (verdict === 'innocent') return 'innocent';
      if (verdict === 'wait') waits = true;
    }
    return waits ? 'wait' : 'attack';
  }

  #raise(group: Group, entries: readonly BucketEntry[], count: number, judging: Judging): void {
    this.waiting.delete(group.key);
    group.due = 0;
    const addresses = this.rule.group_by.includes('address')
      ? entries.slice(-1).map((entry) => entry.address)
      : partakers(entries);
    const key = typeof group.key === 'number' ? textOfIpv4(group.key) : group.key;
    group.open = raise(this.rule, key, entries, count, addresses, judging.readAt);
    if (group.open !== undefined) judging.emit(snapshotOf(group.open, this.rule));
  }

  #close(group: Group, judging: Judging): void {
    if (group.open?.changed === true) judging.emit(snapshotOf(group.open, this.rule));
    group.open = undefined;
    if (group.list !== undefined) group.list = listOf(undefined);
  }
}

/** Share of the busiest address that another must have to be named with it: a stray failure is not part of an attack. */
const PARTAKING_SHARE = 0.3;

function partakers(entries: readonly BucketEntry[]): string[] {
  const counts = new Map<string, number>();
  for (const { address } of entries) counts.set(address, (counts.get(address) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].filter(([, count]) => count >= most * PARTAKING_SHARE).map(([address]) => address);
}

function isGroup(kept: KeptGroup): kept is Group {
  return 'key' in kept;
}

function isFrequent(rule: BucketRule): boolean {
  return rule.filter.kinds.includes('request') && rule.filter.status.length === 0;
}

function isByAddress(rule: BucketRule): boolean {
  return rule.group_by.length === 1 && rule.group_by[0] === 'address';
}
