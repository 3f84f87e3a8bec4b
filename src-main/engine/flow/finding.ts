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
 * longer than writing it. As bytes: a text would be copied from heap to heap, and by the collector while it waits.
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
  /** All but the id, as JSON. Those written together lie in the same memory. */
  contents: Uint8Array<ArrayBuffer>;
}

const UTF8 = new TextDecoder();
/** Characters by which a line is known as evidence: it may be cut behind them. */
export const COMPARED_LENGTH = 200;

export function writeFindings(findings: readonly DetectedFinding[]): WrittenFinding[] {
  const texts = findings.map((finding) => JSON.stringify({ ...finding, id: undefined }));
  const memory = Buffer.allocUnsafeSlow(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0));
  let end = 0;
  return findings.map((finding, index) => {
    const start = end;
    end += memory.write(texts[index] ?? '', start);
    return written(finding, new Uint8Array(memory.buffer, start, end - start));
  });
}

/** What to pass as the transfer list when they are sent to another thread. */
export function memoryOf([first]: readonly WrittenFinding[]): ArrayBuffer[] {
  return first === undefined ? [] : [first.contents.buffer];
}

function written(finding: DetectedFinding, contents: Uint8Array<ArrayBuffer>): WrittenFinding {
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
    contents,
  };
}

export function readFinding({ id, contents }: Pick<WrittenFinding, 'id' | 'contents'>): DetectedFinding {
  return parseFinding(id, UTF8.decode(contents));
}

/** @param text what `writeFindings` has written of it */
export function parseFinding(id: string, text: string): DetectedFinding {
  const finding = JSON.parse(text) as DetectedFinding;
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
