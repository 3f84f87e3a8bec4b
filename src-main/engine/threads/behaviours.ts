import type { QueueState } from '../../../src-preload/contract/system.ts';
import { createBehaviour, type Behaviour } from '../detect/intrusion/behaviour.ts';
import { behaviourRulesOf, type BehaviourRules } from '../detect/intrusion/behaviour-rules.ts';
import type { LoadedRule } from '../detect/intrusion/rule-file.ts';
import { HISTORIC_AFTER_MS } from '../flow/clock.ts';
import type { EventBatch } from '../flow/event-batch.ts';
import type { DetectedFinding } from '../flow/finding.ts';
import type { SavedState } from '../store/types.ts';

/** Streams whose history is being read at a time; more are read in turns anyway. */
const MAX_HISTORIES = 16;
/** A history without new lines for this long has been read to its end. */
const HISTORY_QUIET_MS = 30_000;

interface History {
  behaviour: Behaviour;
  usedAt: number;
}

/**
 * The detectors over time: one for what happens now, and one for each stream whose history is being read. Event time runs
 * forward in each of them: a log of last month must neither be judged by today's clock nor hold today's up.
 */
export class Behaviours {
  #rules: BehaviourRules;
  #allowlist: readonly string[];
  readonly #live: Behaviour;
  readonly #histories = new Map<number, History>();

  constructor(rules: readonly LoadedRule[], allowlist: readonly string[]) {
    this.#rules = behaviourRulesOf(rules);
    this.#allowlist = allowlist;
    this.#live = createBehaviour(this.#rules, { allowlist });
  }

  /** @param readAt when the lines were read: what is older than ten minutes then is history */
  process(events: EventBatch, readAt: number): DetectedFinding[] {
    const border = readAt - HISTORIC_AFTER_MS;
    let old = 0;
    for (let event = 0; event < events.count; event += 1) if ((events.times[event] ?? 0) < border) old += 1;
    const found: DetectedFinding[] = [];
    if (old > 0) {
      const history = this.#historyOf(events.stream, readAt, found);
      found.push(...history.process(events, { readAt, before: border }));
    }
    if (old < events.count) {
      found.push(...this.#live.process(events, { readAt, from: border }));
    }
    return found;
  }

  /** The history of a stream has been read to its end: gives what is held back of it, and forgets the rest. */
  end(stream: number, now: number): DetectedFinding[] {
    const history = this.#histories.get(stream);
    this.#histories.delete(stream);
    return history?.behaviour.finish({ readAt: now }) ?? [];
  }

  /** Time goes on without lines. */
  advance(now: number): DetectedFinding[] {
    const found: DetectedFinding[] = this.#live.advance(now, { readAt: now });
    for (const [stream, { behaviour, usedAt }] of this.#histories) {
      if (now - usedAt < HISTORY_QUIET_MS) continue;
      found.push(...behaviour.finish({ readAt: now }));
      this.#histories.delete(stream);
    }
    return found;
  }

  /** No more lines will come: gives what is held back. */
  finish(now: number): DetectedFinding[] {
    const found: DetectedFinding[] = this.#live.finish({ readAt: now });
    for (const { behaviour } of this.#histories.values()) found.push(...behaviour.finish({ readAt: now }));
    this.#histories.clear();
    return found;
  }

  reload(rules: readonly LoadedRule[], allowlist: readonly string[]): void {
    this.#rules = behaviourRulesOf(rules);
    this.#allowlist = allowlist;
    for (const behaviour of this.#all().values()) {
      behaviour.reload(this.#rules);
      behaviour.setAllowlist(allowlist);
    }
  }

  snapshot(): SavedState[] {
    return [...this.#all()].map(([name, behaviour]) => ({ name, pieces: behaviour.snapshot() }));
  }

  restore(states: SavedState[], now: number): void {
    for (const { name, pieces } of states) {
      if (name === LIVE) this.#live.restore(pieces);
      else if (name.startsWith(HISTORY))
        this.#historyOf(Number(name.slice(HISTORY.length)), now, []).restore(pieces);
    }
  }

  queues(): QueueState[] {
    return this.#live.queues();
  }

  #all(): Map<string, Behaviour> {
    const all = new Map<string, Behaviour>([[LIVE, this.#live]]);
    for (const [stream, { behaviour }] of this.#histories) all.set(`${HISTORY}${stream}`, behaviour);
    return all;
  }

  #historyOf(stream: number, now: number, found: DetectedFinding[]): Behaviour {
    const known = this.#histories.get(stream);
    this.#histories.delete(stream);
    const history = known ?? {
      behaviour: createBehaviour(this.#rules, { allowlist: this.#allowlist }),
      usedAt: now,
    };
    history.usedAt = now;
    // Re-inserted last: the first one is the one used longest ago.
    this.#histories.set(stream, history);
    for (const [oldest, { behaviour }] of this.#histories) {
      if (this.#histories.size <= MAX_HISTORIES) break;
      found.push(...behaviour.finish({ readAt: now }));
      this.#histories.delete(oldest);
    }
    return history.behaviour;
  }
}

const LIVE = 'live';
const HISTORY = 'history/';
