import type { Message } from '../../../../src-preload/contract/shared.ts';
import type { Unit } from '../../../../src-preload/contract/metrics.ts';

/** A value without its time: all values of one collection share that. */
export interface Reading {
  name: string;
  labels: Record<string, string>;
  value: number;
  unit: Unit;
}

/** Whether a part of the host could be read at the last collection. */
export interface PartState {
  state: 'ok' | 'notAvailable';
  reason?: Message | undefined;
}

/** One subject of the host. Remembers what it needs to turn counters into rates. */
export interface Collector {
  /** `cpu`, `memory` …: also the last part of the key under which its words are found. */
  readonly name: string;
  /** Values at `now` (UTC milliseconds). The first call of a rate, and one after a counter was reset, give none. */
  collect(now: number): Reading[] | Promise<Reading[]>;
  state(): PartState;
}

/** Most labelled series one collector gives: a machine with 1,000 interfaces must not fill the store. */
export const MAX_LABELLED_SERIES = 64;

export const NOT_AVAILABLE: PartState = {
  state: 'notAvailable',
  reason: { key: 'host.health.notAvailable', parameters: {} },
};

export function reading(
  name: string,
  unit: Unit,
  value: number,
  labels: Record<string, string> = {},
): Reading {
  return { name, labels, value, unit };
}
