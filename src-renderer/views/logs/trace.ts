import type { TraceLine } from '../../../src-preload/contract/logs.ts';
import type { Time } from '../../../src-preload/contract/shared.ts';
import { severityOfLevel, type Severity } from './severity.ts';

/** A span of a trace, or where lines name none, a source: what one bar of the waterfall is. */
export interface TraceLane {
  key: string;
  spanId: string | undefined;
  sourceId: string;
  from: Time;
  to: Time;
  lines: number;
  worst: Severity;
  /** How many spans it lies within. */
  depth: number;
}

export interface Waterfall {
  from: Time;
  to: Time;
  lanes: TraceLane[];
}

const WORST_FIRST: readonly Severity[] = ['critical', 'error', 'warning', 'info'];
/** A chain of parents that is longer, or closes on itself, is not followed. */
const MAX_DEPTH = 12;

/** A line that says how long something took was written at its end. */
export function startOf(line: TraceLine): Time {
  return line.time - (line.durationMs ?? 0);
}

/** Bars by span and source, earliest first, each from the start of its first line to its last line. */
export function waterfallOf(lines: readonly TraceLine[]): Waterfall {
  const lanes = new Map<string, TraceLane>();
  const parents = new Map<string, string>();
  for (const line of lines) {
    const key = `${line.sourceId}|${line.spanId ?? ''}`;
    const severity = severityOfLevel(line.level);
    if (line.spanId !== undefined && line.parentSpanId !== undefined)
      parents.set(line.spanId, line.parentSpanId);
    const lane = lanes.get(key);
    if (lane === undefined) {
      lanes.set(key, {
        key,
        spanId: line.spanId,
        sourceId: line.sourceId,
        from: startOf(line),
        to: line.time,
        lines: 1,
        worst: severity,
        depth: 0,
      });
      continue;
    }
    lane.from = Math.min(lane.from, startOf(line));
    lane.to = Math.max(lane.to, line.time);
    lane.lines += 1;
    if (WORST_FIRST.indexOf(severity) < WORST_FIRST.indexOf(lane.worst)) lane.worst = severity;
  }
  const sorted = [...lanes.values()].sort((a, b) => a.from - b.from || b.to - a.to);
  for (const lane of sorted) lane.depth = depthOf(lane.spanId, parents);
  const from = Math.min(...sorted.map((lane) => lane.from));
  const to = Math.max(...sorted.map((lane) => lane.to));
  return sorted.length === 0 ? { from: 0, to: 0, lanes: [] } : { from, to, lanes: sorted };
}

function depthOf(span: string | undefined, parents: ReadonlyMap<string, string>): number {
  let depth = 0;
  for (let at = span; at !== undefined && depth < MAX_DEPTH; depth += 1) {
    at = parents.get(at);
    if (at === undefined) return depth;
  }
  return 0;
}
