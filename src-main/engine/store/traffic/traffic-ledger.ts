import type { QueueState } from '../../../../src-preload/contract/system.ts';
import type { Failure } from '../../flow/failure.ts';
import { packPieces, unpackPieces } from '../../flow/packed-pieces.ts';
import {
  KIND,
  LATENCY_BUCKETS,
  TRAFFIC_KINDS,
  TRAFFIC_MINUTE_MS,
  type TrafficSums,
} from '../../flow/traffic.ts';
import type { SavedState } from '../types.ts';
import { addCounts, addSums, isDelivery, type TrafficDelivery, type TrafficRow } from './traffic-row.ts';
import type { TrafficStore } from './traffic-store.ts';

/** The name under which the checkpoint keeps the delivery. */
const STATE = 'traffic';
/** Rows that may wait for a checkpoint, some 200 bytes each; it comes within seconds. */
const MAX_WAITING = 80_000;
/** Names of one kind and time that are kept apart while they wait; further ones are added to the row without a name. */
const MAX_NAMES = 1000;
/**
 * From here on the checkpoint is asked for at once: half-way, as a chunk of ten thousand lines that jump in time may bring
 * four rows a line. Hours of history read in seconds come near it, and each checkpoint costs a tenth of a second.
 */
const MANY_WAITING = 40_000;
/** Rows in one piece of what the checkpoint keeps: some 200 kB before they are compressed. */
const ROWS_A_PIECE = 1000;
/** Requests not older than this are of now: they count in the live figures. */
const LIVE_MS = 2 * TRAFFIC_MINUTE_MS;

const OPENING_BRACE = 0x7b;

/** Requests that came since the last question, of now and not of history. */
export interface LiveTraffic {
  requests: number;
  errors: number;
  /** Counts of the latency buckets. */
  latency: number[];
}

/**
 * Gathers the sums of chunks between two checkpoints. The checkpoint takes them with the positions they belong to; then they
 * go into the store under a number. Whatever is lost in between, the checkpoint has: nothing counts twice or never.
 */
export class TrafficLedger {
  readonly #store: TrafficStore;
  readonly #onProblem: (problem: Failure) => void;
  /** By kind and time, then by name. */
  #groups = new Map<number, Map<string, TrafficRow>>();
  #waiting = 0;
  #number: number;
  #taken: TrafficDelivery | undefined;
  #dropped = 0;
  #live: LiveTraffic = noTraffic();

  constructor(store: TrafficStore, onProblem: (problem: Failure) => void) {
    this.#store = store;
    this.#onProblem = onProblem;
    this.#number = store.applied;
  }

  /** At the start: what the last checkpoint took and the store may not have. */
  restore(states: readonly SavedState[]): void {
    const kept = states.find(({ name }) => name === STATE);
    if (kept === undefined) return;
    let content: unknown;
    try {
      content = contentOf(kept.pieces);
    } catch {
      content = undefined;
    }
    if (!isDelivery(content)) {
      this.#onProblem({ kind: 'INTERNAL', message: { key: 'traffic.problem.lost', parameters: {} } });
      return;
    }
    this.#number = Math.max(this.#number, content.number);
    this.#store.apply(content.number, content.rows);
  }

  /** @param now lines of the last minutes count as live */
  add(sums: TrafficSums, now: number): void {
    const timed = sums.latencies.length > 0;
    for (let index = 0; index < sums.count; index += 1) {
      const kind = sums.kinds[index] ?? 0;
      const time = sums.times[index] ?? 0;
      const latency = timed
        ? sums.latencies.subarray(index * LATENCY_BUCKETS, (index + 1) * LATENCY_BUCKETS)
        : undefined;
      const row = this.#row(kind, time, sums.nameTable[sums.names[index] ?? 0] ?? '');
      const requests = sums.requests[index] ?? 0;
      const errors = sums.errors[index] ?? 0;
      if (row === undefined) this.#dropped += requests;
      else {
        row.requests += requests;
        row.errors += errors;
        row.refusals += sums.refusals[index] ?? 0;
        row.bytes += sums.bytes[index] ?? 0;
        if (latency !== undefined) addCounts(row.latency, latency);
      }
      if (kind !== KIND.total || time < now - LIVE_MS) continue;
      this.#live.requests += requests;
      this.#live.errors += errors;
      if (latency !== undefined) addCounts(this.#live.latency, latency);
    }
  }

  /** So much is gathered that the next checkpoint should come now. */
  get isPressing(): boolean {
    return this.#waiting >= MANY_WAITING;
  }

  /** What goes into the checkpoint about to be written; nothing where no requests came. */
  take(): SavedState[] {
    if (this.#waiting === 0) return [];
    this.#number += 1;
    this.#taken = { number: this.#number, rows: this.#takeRows() };
    return [{ name: STATE, pieces: packPieces(piecesOf(this.#taken)) }];
  }

  /** The checkpoint that took it is written. What the store can't add now comes again with the next one. */
  keep(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    if (taken === undefined) return;
    try {
      this.#store.apply(taken.number, taken.rows);
    } catch (error) {
      const newer = this.#takeRows();
      for (const row of [...taken.rows, ...newer]) this.#merge(row);
      throw error;
    }
  }

  #takeRows(): TrafficRow[] {
    const rows = [...this.#groups.values()].flatMap((group) => [...group.values()]);
    this.#groups = new Map();
    this.#waiting = 0;
    return rows;
  }

  /** Takes the live figures since the last call. */
  takeLive(): LiveTraffic {
    const live = this.#live;
    this.#live = noTraffic();
    return live;
  }

  queue(): QueueState {
    return { name: 'traffic.sums', depth: this.#waiting, limit: MAX_WAITING, dropped: this.#dropped };
  }

  #row(kind: number, time: number, name: string): TrafficRow | undefined {
    const key = time * TRAFFIC_KINDS.length + kind;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new Map();
      this.#groups.set(key, group);
    }
    const kept = group.size < MAX_NAMES || group.has(name) ? name : '';
    const known = group.get(kept);
    if (known !== undefined) return known;
    if (this.#waiting >= MAX_WAITING) return undefined;
    const row = { kind, time, name: kept, requests: 0, errors: 0, refusals: 0, bytes: 0, latency: [] };
    group.set(kept, row);
    this.#waiting += 1;
    return row;
  }

  #merge(from: TrafficRow): void {
    const row = this.#row(from.kind, from.time, from.name);
    if (row === undefined) this.#dropped += from.requests;
    else addSums(row, from);
  }
}

/** Its number, then its rows, some at a time. */
function* piecesOf({ number, rows }: TrafficDelivery): Generator<Buffer> {
  yield Buffer.from(JSON.stringify(number));
  for (let from = 0; from < rows.length; from += ROWS_A_PIECE)
    yield Buffer.from(JSON.stringify(rows.slice(from, from + ROWS_A_PIECE)));
}

/** What a checkpoint holds of a delivery, unchecked. Earlier versions kept it as one text, at first uncompressed. */
function contentOf(pieces: readonly Uint8Array[]): unknown {
  const [first] = pieces;
  const plain = first?.[0] === OPENING_BRACE ? [Buffer.from(first)] : unpackPieces(pieces);
  const [head, ...rows] = [...plain].map((piece): unknown => JSON.parse(piece.toString('utf8')));
  return typeof head === 'number' ? { number: head, rows: rows.flat() } : head;
}

function noTraffic(): LiveTraffic {
  return { requests: 0, errors: 0, latency: [] };
}
