import type { Finding } from '../../../../src-preload/contract/threats.ts';
import { entryOf, type BehaviourEvent } from './behaviour-event.ts';
import { extend, raise, snapshotOf, type OpenFinding } from './finding.ts';
import { GroupMap } from './group-map.ts';
import type { LineRule } from './rule-schema.ts';

/** An attack that goes on, and the rule that told it first. */
export interface LineAttack {
  open: OpenFinding;
  rule: string;
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
    const entry = entryOf(event);
    if (attack !== undefined && event.time <= attack.open.last + QUIET_MS) {
      const own = this.#rules.get(attack.rule) ?? rule;
      // Two rules of one type on the same line are one event.
      const last = attack.open.finding.evidence.at(-1);
      if (last?.offset === entry.offset && last.sourceId === entry.sourceId) return;
      if (extend(attack.open, entry)) this.#emit(snapshotOf(attack.open, own));
      return;
    }
    if (attack !== undefined) this.#tell(attack);
    const open = raise(rule, key, [entry], 1, [event.address], readAt);
    if (open === undefined) return;
    this.#attacks.set(key, { open, rule: rule.id });
    this.#emit(snapshotOf(open, rule));
  }

  /** Ends what has gone quiet; everything where `now` is Infinity. */
  sweep(now: number): void {
    this.#attacks.prune((attack) => {
      const quiet = now > attack.open.last + QUIET_MS;
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
    if (attack.open.changed && rule !== undefined) this.#emit(snapshotOf(attack.open, rule));
  }
}
