import type { Finding } from '../../../src-preload/contract/threats.ts';

/** A finding as a detector hands it over: with what the address page needs besides what a finding shows. */
export interface DetectedFinding extends Finding {
  /** User names tried, most often first, at most 20. */
  users?: { name: string; count: number }[] | undefined;
  distinctUsers?: number | undefined;
  /** Sign-ins of the same address that succeeded meanwhile. */
  successes?: number | undefined;
}

/**
 * A finding written out for keeping, once: as an object of all it consists of, its way from thread to thread would take
 * longer than writing it.
 */
export interface WrittenFinding {
  id: string;
  type: string;
  ruleId: string;
  time: number;
  count: number;
  addresses: string[];
  /** Evidence of another time than the finding's: `key` is its `lineKey`. */
  others: { time: number; key: number }[];
  /** All but the id, as JSON. */
  contents: string;
}

/** Characters by which a line is known as evidence: it may be cut behind them. */
export const COMPARED_LENGTH = 200;

export function writeFinding(finding: DetectedFinding): WrittenFinding {
  const { id, type, ruleId, time, count, addresses } = finding;
  return {
    id,
    type,
    ruleId,
    time,
    count,
    addresses,
    others: finding.evidence
      .filter((line) => line.time !== time)
      .map((line) => ({ time: line.time, key: lineKey(line.sourceId, line.text) })),
    contents: JSON.stringify({ ...finding, id: undefined }),
  };
}

export function readFinding({ id, contents }: Pick<WrittenFinding, 'id' | 'contents'>): DetectedFinding {
  // Written by `writeFinding`: it has this shape.
  const finding = JSON.parse(contents) as DetectedFinding;
  finding.id = id;
  return finding;
}

/** Tells a line of evidence from others of the same millisecond: FNV-1a over its source and its beginning. */
export function lineKey(sourceId: string, text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < sourceId.length; index += 1)
    hash = Math.imul(hash ^ sourceId.charCodeAt(index), 0x01000193);
  const length = Math.min(text.length, COMPARED_LENGTH);
  for (let index = 0; index < length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
