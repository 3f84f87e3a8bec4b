import type { Finding } from '../../../../src-preload/contract/threats.ts';
import { sharedEntry, type BehaviourEvent, type BucketEntry } from './behaviour-event.ts';
import { extend, findingOf, raise, snapshotOf, type OpenFinding } from './finding.ts';
import { GroupMap } from './group-map.ts';
import type { LineRule } from './rule-schema.ts';

/** An attack that goes on. Most never do: of one that was seen once, nothing is kept but the event. */
export interface LineAttack {
  /** The rule that told it first. */
  rule: string;
  first: BucketEntry;
  /** When that was read. */
  readAt: number;
  /** Since its second event. */
  open: OpenFinding | undefined;
}

/** Quiet time after which the same attack is a new finding. */
const QUIET_MS = 600_000;

/** Lines that are an attack by themselves: one finding per type, address and quiet time. */
export class LineAttacks {
  readonly #emit: (finding: Finding) => void;
  readonly #attacks: GroupMap<LineAttack>;
  #rules = new Map<string, LineRule>();

  /** @param limit attacks that are remembered at the same time */
  constructor(limit: number, emit: (finding: Finding) => void) {
    this.#emit = emit;
    this.#attacks = new GroupMap<LineAttack>(limit, () => true);
  }

  setRules(rules: readonly LineRule[]): void {
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
  }

  /** @param readAt when the line was read: decides what is historic */
  take(event: BehaviourEvent, readAt: number): void {
    const rule = this.#rules.get(event.rule);
    if (rule === undefined) return;
    const key = `${rule.type}\u0000${event.address}`;
    const attack = this.#attacks.get(key);
    const entry = sharedEntry(event);
    // What a rule told that is gone can't go on.
    const own = attack === undefined ? undefined : this.#rules.get(attack.rule);
    if (attack !== undefined && own !== undefined && event.time <= lastOf(attack) + QUIET_MS) {
      this.#grow(attack, own, key, entry);
      return;
    }
    if (attack !== undefined) this.#tell(attack);
    this.#attacks.set(key, { rule: rule.id, first: entry, readAt, open: undefined });
    this.#emit(findingOf(rule, key, [entry], entry, 1, [entry.address], readAt));
  }

  #grow(attack: LineAttack, rule: LineRule, key: string, entry: BucketEntry): void {
    // Two rules of one type on the same line are one event.
    const last = attack.open?.finding.evidence.at(-1) ?? attack.first;
    if (last.offset === entry.offset && last.sourceId === entry.sourceId) return;
    attack.open ??= raise(rule, key, [attack.first], 1, [attack.first.address], attack.readAt);
    if (attack.open !== undefined && extend(attack.open, entry)) this.#emit(snapshotOf(attack.open, rule));
  }

  /** Ends what has gone quiet; everything where `now` is Infinity. */
  sweep(now: number): void {
    this.#attacks.prune((attack) => {
      const quiet = now > lastOf(attack) + QUIET_MS;
      if (quiet) this.#tell(attack);
      return quiet;
    });
  }

  save(): ReturnType<GroupMap<LineAttack>['save']> {
    return this.#attacks.save();
  }

  load(saved: ReturnType<GroupMap<LineAttack>['save']>): void {
    this.#attacks.load(saved);
  }

  /** Findings are given out as they grow, but not with every line. */
  #tell(attack: LineAttack): void {
    const rule = this.#rules.get(attack.rule);
    if (attack.open?.changed === true && rule !== undefined) this.#emit(snapshotOf(attack.open, rule));
  }
}

function lastOf(attack: LineAttack): number {
  return attack.open?.last ?? attack.first.time;
}
