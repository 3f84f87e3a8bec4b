import { entryOf, type BehaviourEvent, type BucketEntry } from './behaviour-event.ts';
import { extend, raise, snapshotOf, type OpenFinding } from './finding.ts';
import { GUARD, WAIT_MS, type Verdict } from './guards.ts';
import { GroupMap } from './group-map.ts';
import { emptyListBucket, forgive, level, pour, reach, type ListBucket } from './list-bucket.ts';
import type { AddressMemory } from './address-memory.ts';
import { countRequest, emptyRateBucket, total, type RateBucket } from './rate-bucket.ts';
import { errorsOf, listFits, mostAskedPath, rateFits } from './requirements.ts';
import type { CompiledBucketRule } from './rule-set.ts';
import type { BucketRule } from './rule-schema.ts';
import type { Finding } from '../../../../src-preload/contract/threats.ts';

/** One group of one rule: its bucket and the finding that came of it. Plain data, so that it can be saved as it is. */
export interface Group {
  key: string;
  list: ListBucket | undefined;
  rate: RateBucket | undefined;
  open: OpenFinding | undefined;
  /** When a deferred verdict is due; 0 = none. */
  due: number;
  /** Last time a full counter was judged: a busy site fills it with every request. */
  judged: number;
  /** Newest event. */
  latest: number;
}

/** What a rule state needs of the world to judge. */
export interface Judging {
  memory(address: string): AddressMemory | undefined;
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
  readonly groups: GroupMap<Group>;
  /** Keys of groups whose verdict is deferred. */
  readonly waiting = new Set<string>();
  readonly #counts: boolean;
  #judging: Judging | undefined;

  constructor(compiled: CompiledBucketRule, limit = MAX_GROUPS) {
    this.rule = compiled.rule;
    this.hash = compiled.loaded.hash;
    // Plain requests come by the thousand: counted, not kept, unless the rule asks for different values.
    this.#counts =
      this.rule.distinct === undefined && this.rule.window !== undefined && isFrequent(this.rule);
    this.groups = new GroupMap<Group>(
      limit,
      (group) => group.open !== undefined || (group.list?.entries.length ?? 0) > 1,
      (group) => {
        this.waiting.delete(group.key);
        if (group.open?.changed === true) this.#judging?.emit(snapshotOf(group.open, this.rule));
      },
    );
  }

  take(event: BehaviourEvent, key: string, judging: Judging): void {
    this.#judging = judging;
    const group = this.#group(key);
    group.latest = Math.max(group.latest, event.time);
    if (group.open !== undefined && event.time > group.open.last + this.rule.blackhole)
      this.#close(group, judging);
    if (group.rate !== undefined) this.#count(group, group.rate, event, judging);
    else if (group.list !== undefined) this.#list(group, group.list, event, judging);
  }

  #group(key: string): Group {
    const known = this.groups.get(key);
    if (known !== undefined) return known;
    const group: Group = {
      key,
      list: this.#counts ? undefined : emptyListBucket(),
      rate: this.#counts ? emptyRateBucket() : undefined,
      open: undefined,
      due: 0,
      judged: 0,
      latest: 0,
    };
    this.groups.set(key, group);
    return group;
  }

  /** A sign-in succeeded in this group. */
  succeed(event: BehaviourEvent, key: string): void {
    // Only where the share of successes matters must they be known before the first failure.
    const asks = this.rule.require.success_share_below !== undefined;
    const list = (asks ? this.#group(key) : this.groups.peek(key))?.list;
    if (list === undefined) return;
    forgive(list, event.time, event.address, event.user, event.agent);
    if (event.shared && this.rule.filter.unshared) {
      list.entries = list.entries.filter((entry) => entry.address !== event.address);
    }
  }

  /** The user of an attempt, told by a second line about it. */
  complete(key: string, user: string, time: number): void {
    const entry = this.groups.peek(key)?.list?.entries.at(-1);
    if (entry?.user === '' && Math.abs(time - entry.time) <= 5000) entry.user = user;
  }

  /** Gives deferred verdicts whose time has come, and ends findings that have gone quiet. */
  advance(now: number, judging: Judging): void {
    this.#judging = judging;
    for (const key of [...this.waiting]) {
      const group = this.groups.peek(key);
      if (group?.list === undefined) this.waiting.delete(key);
      else if (group.due <= now) {
        this.waiting.delete(key);
        group.due = 0;
        const list = group.list;
        if (
          group.open === undefined &&
          level(list, this.rule) >= this.rule.capacity &&
          listFits(list, this.rule)
        ) {
          if (this.#verdict(group, Math.max(now, group.latest + WAIT_MS), judging) === 'attack') {
            this.#raise(group, list.entries, list.entries.length, judging);
          }
        }
      }
    }
  }

  /** Ends every finding that has been quiet for its blackhole; all of them where `now` is Infinity. */
  sweep(now: number, judging: Judging): void {
    for (const group of this.groups.values()) {
      if (group.open !== undefined && now > group.open.last + this.rule.blackhole)
        this.#close(group, judging);
    }
    this.#forget(now);
  }

  /** Groups that nothing in their window speaks for any more: a busy site's clients of an hour ago. */
  #forget(now: number): void {
    // What is usual in a group is learnt over many windows.
    if (this.rule.require.times_usual !== undefined) return;
    const before = now - 2 * reach(this.rule);
    this.groups.prune(
      (group) => group.open === undefined && group.latest < before && !this.waiting.has(group.key),
    );
  }

  #count(group: Group, rate: RateBucket, event: BehaviourEvent, judging: Judging): void {
    const full = countRequest(rate, this.rule, event);
    if (!full) return;
    if (group.open !== undefined) {
      // Of a surge only what takes part in it counts on.
      if (this.rule.group_by.length === 0 && event.path !== mostAsked(group) && event.status < 400) return;
      if (extend(group.open, entryOf(event))) judging.emit(snapshotOf(group.open, this.rule));
      return;
    }
    if (event.time - group.judged < JUDGE_EVERY_MS && this.rule.group_by.length === 0) return;
    group.judged = event.time;
    if (!rateFits(rate, this.rule, event.time) || this.#verdict(group, event.time, judging) !== 'attack')
      return;
    const from = event.time - (this.rule.window ?? 0);
    const recent = rate.recent.filter((entry) => entry.time > from);
    const path = this.rule.group_by.length === 0 ? mostAskedPath(recent) : 0;
    const taking = path === 0 ? recent : recent.filter((entry) => entry.path === path || entry.status >= 400);
    this.#raise(
      group,
      [...taking.filter((entry) => entry.offset !== event.offset), entryOf(event)],
      total(rate.counts),
      judging,
    );
  }

  #list(group: Group, list: ListBucket, event: BehaviourEvent, judging: Judging): void {
    const entry = entryOf(event);
    const full = pour(list, this.rule, entry);
    if (group.open !== undefined) {
      if (extend(group.open, entry)) judging.emit(snapshotOf(group.open, this.rule));
      return;
    }
    if (!full || group.due > event.time || !listFits(list, this.rule)) return;
    const verdict = this.#verdict(group, event.time, judging);
    if (verdict === 'wait') {
      group.due = event.time + WAIT_MS;
      this.waiting.add(group.key);
    } else if (verdict === 'attack') this.#raise(group, list.entries, list.entries.length, judging);
  }

  #verdict(group: Group, now: number, judging: Judging): Verdict {
    const entries = group.list?.entries ?? [];
    const address = this.rule.group_by.includes('address')
      ? (group.list?.entries.at(-1)?.address ?? group.rate?.recent.at(-1)?.address)
      : undefined;
    const judged = {
      memory: address === undefined ? undefined : judging.memory(address),
      entries,
      count: group.rate === undefined ? entries.length : total(group.rate.counts),
      capacity: this.rule.capacity,
      errors: group.rate === undefined ? errorsOf(entries) : total(group.rate.errors),
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
    group.open = raise(this.rule, group.key, entries, count, addresses, judging.readAt);
    if (group.open !== undefined) judging.emit(snapshotOf(group.open, this.rule));
  }

  #close(group: Group, judging: Judging): void {
    if (group.open?.changed === true) judging.emit(snapshotOf(group.open, this.rule));
    group.open = undefined;
    if (group.list !== undefined) group.list = emptyListBucket();
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

function isFrequent(rule: BucketRule): boolean {
  return rule.filter.kinds.includes('request') && rule.filter.status.length === 0;
}

function mostAsked(group: Group): number {
  return group.rate === undefined ? 0 : mostAskedPath(group.rate.recent.slice(-200));
}
