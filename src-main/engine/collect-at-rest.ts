import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * V8 collects when objects are made. A thread that took in a flood and then rests makes none, so that what the flood left
 * behind would stay resident until the next one.
 */

/** How often a thread is looked at. */
const LOOK_MS = 10_000;
/** A thread that spends less than this share of its time at work rests. */
const RESTING_SHARE = 0.05;
/** One that spent more than this in any look since it was collected has something to give back. */
const WORKING_SHARE = 0.2;

export interface RestOptions {
  /** Collects this thread's heap; V8's own unless told. */
  collect?: () => void;
  /** Share of the time since the last call at which the thread was at work. */
  workingShare?: () => number;
}

/** Collects the heap of the thread it is made in once after each spell of work. */
export class CollectAtRest {
  readonly #collect: () => void;
  readonly #workingShare: () => number;
  /** The start was work: modules and rules were read. */
  #worked = true;

  constructor({ collect = collectHeap, workingShare = threadShare() }: RestOptions = {}) {
    this.#collect = collect;
    this.#workingShare = workingShare;
  }

  look(): void {
    const share = this.#workingShare();
    if (share > WORKING_SHARE) this.#worked = true;
    if (!this.#worked || share > RESTING_SHARE) return;
    this.#worked = false;
    this.#collect();
  }
}

/** Looks after the thread that calls it for as long as that lives; keeps no thread alive. */
export function collectAtRest(): void {
  const rest = new CollectAtRest();
  setInterval(() => rest.look(), LOOK_MS).unref();
}

function threadShare(): () => number {
  let before: EventLoopUtilization | undefined;
  return () => {
    const now = performance.eventLoopUtilization();
    const share = performance.eventLoopUtilization(now, before).utilization;
    before = now;
    return share;
  };
}

/** The collector is not there for programs unless V8 is asked for it; it then lies in contexts made from then on. */
function collectHeap(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  if (isCollector(collect)) collect({ type: 'major', flavor: 'last-resort' });
}

type Collector = (options: { type: 'major'; flavor: 'last-resort' }) => void;

/** What V8 calls `gc`, where it has it. */
function isCollector(value: unknown): value is Collector {
  return typeof value === 'function';
}
