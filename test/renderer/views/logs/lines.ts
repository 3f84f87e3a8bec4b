import type { LogLine } from '../../../../src-preload/contract/logs.ts';

/** A line of test data; ids follow time. */
export function line(time: number, text = `line ${time}`, level = 6): LogLine {
  return { id: `application/20260101/${time}`, time, level, sourceId: 'app', text };
}

/** Lines from `from` to `to`, both included. */
export function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
}
