import { expect, test } from 'vitest';
import {
  readSnapshot,
  writeSnapshot,
  type Snapshot,
} from '../../../src-main/engine/detect/intrusion/behaviour-snapshot.ts';
import type { BucketEntry } from '../../../src-main/engine/detect/intrusion/behaviour-event.ts';

function entry(number: number): BucketEntry {
  return {
    time: number,
    offset: number * 100,
    stream: 1,
    sourceId: 'source',
    address: `10.0.0.${number}`,
    user: '',
    service: 'sshd',
    text: `Failed password for user ${number}`,
    target: 0,
    path: 0,
    directory: -number,
    agent: 0,
    status: 0,
    flags: 0,
  };
}

function entries(from: number, to: number): Map<string, BucketEntry> {
  return new Map(Array.from({ length: to - from }, (_, at) => [`group ${from + at}`, entry(from + at)]));
}

/** More groups than one piece holds, and columns of every kind. */
function snapshot(): Snapshot {
  const state = (id: string, groups: Map<string, BucketEntry>): Snapshot['states'][number] => ({
    id,
    hash: `hash of ${id}`,
    groups: { young: groups, old: entries(9000, 9001), dropped: 3 },
    waiting: ['group 5'],
    table: Int32Array.of(1, -2, 3),
    successes: undefined,
  });
  return {
    states: [state('many', entries(0, 2500)), state('none', new Map())],
    memories: {
      ipv4: Int32Array.of(1, 2, 3),
      others: new Map([[1, '2001:db8::1']]),
      signIns: {
        times: Float64Array.of(Math.PI, 1e300),
        hashes: new Int32Array(100_000).fill(-1),
        lists: { lengths: Int32Array.of(1), numbers: Int32Array.of(9) },
      },
      browsers: new Int32Array(0),
      minutes: Int32Array.of(5, -1),
      dropped: 4,
    },
    directories: Int32Array.of(8),
    positions: new Map([[1, 2]]),
    lines: { young: new Map(), old: new Map(), dropped: 0 },
    watermark: 10,
    swept: 11,
  };
}

test('a snapshot comes back as it was, whatever number of pieces it takes', () => {
  expect(readSnapshot(writeSnapshot(snapshot()))).toEqual(snapshot());
});

test('writing a snapshot leaves the columns it is of untouched', () => {
  const taken = snapshot();
  writeSnapshot(taken);
  expect(taken).toEqual(snapshot());
});

test('a snapshot that lacks columns, is damaged, or is none, is not read', () => {
  const pieces = writeSnapshot(snapshot());
  expect(readSnapshot(pieces.slice(0, 3))).toBeUndefined();
  const damaged = pieces.map((piece, at) => (at === pieces.length - 1 ? piece.subarray(0, -1) : piece));
  expect(readSnapshot(damaged)).toBeUndefined();
  expect(readSnapshot([])).toBeUndefined();
});
