import { LOG_CLASSES, type LogClass } from '../../../src-preload/contract/log-classes.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import type { Severity, Time, TimeRange } from '../../../src-preload/contract/shared.ts';
import type { Finding } from '../../../src-preload/contract/threats.ts';

/** What the lines of an address are about; `detections` holds what Yagura made of them. */
export type LaneId = 'signIns' | 'web' | 'other';

/** A column of a lane: how many lines, and the worst severity among those that are evidence. */
export interface Tick {
  /** 0–1 of the range. */
  at: number;
  count: number;
  severity: Severity | undefined;
}

export interface Lane {
  id: LaneId;
  ticks: Tick[];
  lines: number;
}

/** Columns that a lane is cut into: one tick is one line until they lie closer than the eye can part. */
const LANE_COLUMNS = 600;
const SHORTEST_SPAN_MS = 60_000;
const SIGN_IN_TYPES = /brute|credential|password|spray|sign|login|auth|enumeration/;
const SEVERITY_ORDER: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

export function isSignInType(type: string): boolean {
  return SIGN_IN_TYPES.test(type);
}

function worse(a: Severity | undefined, b: Severity): Severity {
  return a === undefined || SEVERITY_ORDER.indexOf(b) < SEVERITY_ORDER.indexOf(a) ? b : a;
}

/** What a timeline of the address spans: its activity with a little room, at least a minute. */
export function spanOf(from: Time, to: Time): TimeRange {
  const length = Math.max(SHORTEST_SPAN_MS, to - from);
  const room = Math.ceil(length * 0.04);
  const middle = (from + to) / 2;
  return {
    from: Math.max(0, Math.floor(middle - length / 2) - room),
    to: Math.ceil(middle + length / 2) + room,
  };
}

/** Lane of a line: by its class; a line without one goes by the attack it is evidence of. */
function laneOf(logClass: LogClass | undefined, findingType: string | undefined): LaneId {
  if (logClass === 'access') return 'web';
  if (logClass === 'audit') return 'signIns';
  if (findingType === undefined) return 'other';
  return isSignInType(findingType) ? 'signIns' : 'web';
}

/** The class under which a line is stored, with which its id begins: a source may hold lines of several. */
function storedClass(id: string): LogClass | undefined {
  return LOG_CLASSES.find((each) => id.startsWith(`${each}/`));
}

/**
 * The address's lines over time, one lane per kind. Evidence of a finding takes its severity, all else is grey.
 * Evidence that the search did not bring (older than its page) still has its tick.
 */
export function lanesOf(
  range: TimeRange,
  lines: readonly LogLine[],
  findings: readonly Finding[],
  classOf: ReadonlyMap<string, LogClass>,
): Lane[] {
  const length = Math.max(1, range.to - range.from);
  const lanes = new Map<LaneId, { columns: Map<number, Tick>; lines: number }>();
  const evidence = new Map<string, { severity: Severity; type: string }>();
  const keyOf = (time: Time, text: string): string => `${time} ${text}`;

  function put(id: LaneId, time: Time, severity: Severity | undefined): void {
    if (time < range.from || time >= range.to) return;
    const lane = lanes.get(id) ?? { columns: new Map<number, Tick>(), lines: 0 };
    lanes.set(id, lane);
    lane.lines += 1;
    const column = Math.floor(((time - range.from) / length) * LANE_COLUMNS);
    const tick = lane.columns.get(column) ?? { at: column / LANE_COLUMNS, count: 0, severity: undefined };
    tick.count += 1;
    if (severity !== undefined) tick.severity = worse(tick.severity, severity);
    lane.columns.set(column, tick);
  }

  for (const finding of findings) {
    for (const each of finding.evidence) {
      const key = keyOf(each.time, each.text);
      const known = evidence.get(key);
      evidence.set(key, { severity: worse(known?.severity, finding.severity), type: finding.type });
    }
  }
  const drawn = new Set<string>();
  for (const line of lines) {
    const key = keyOf(line.time, line.text);
    const proof = evidence.get(key);
    drawn.add(key);
    put(laneOf(storedClass(line.id) ?? classOf.get(line.sourceId), proof?.type), line.time, proof?.severity);
  }
  for (const finding of findings) {
    for (const each of finding.evidence) {
      const key = keyOf(each.time, each.text);
      if (drawn.has(key)) continue;
      drawn.add(key);
      put(laneOf(classOf.get(each.sourceId), finding.type), each.time, evidence.get(key)?.severity);
    }
  }
  const order: readonly LaneId[] = ['signIns', 'web', 'other'];
  return order.flatMap((id) => {
    const lane = lanes.get(id);
    if (lane === undefined) return [];
    return [{ id, lines: lane.lines, ticks: [...lane.columns.values()].sort((a, b) => a.at - b.at) }];
  });
}

/** A line that proves something, once, however many findings it counts for. */
export interface EvidenceLine {
  key: string;
  time: Time;
  text: string;
  sourceId: string;
  /** The finding that this line completed. */
  completed: Finding | undefined;
}

/** Evidence of all findings of an address in order of time, each line once. */
export function evidenceOf(findings: readonly Finding[]): EvidenceLine[] {
  const lines = new Map<string, EvidenceLine>();
  for (const finding of findings) {
    for (const each of finding.evidence) {
      const key = `${each.sourceId} ${each.offset}`;
      const completed =
        each.offset === finding.offset && each.sourceId === finding.sourceId ? finding : undefined;
      const known = lines.get(key);
      if (known === undefined)
        lines.set(key, { key, time: each.time, text: each.text, sourceId: each.sourceId, completed });
      else known.completed ??= completed;
    }
  }
  return [...lines.values()].sort((a, b) => a.time - b.time);
}

/** The finding that says most about the address: the riskiest, of equals the newest. */
export function leadingFinding(findings: readonly Finding[]): Finding | undefined {
  return findings.reduce<Finding | undefined>(
    (best, each) =>
      best === undefined || each.risk > best.risk || (each.risk === best.risk && each.time > best.time)
        ? each
        : best,
    undefined,
  );
}
