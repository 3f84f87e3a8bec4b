import { deserialize, serialize } from 'node:v8';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { SavedMemories } from './address-memory.ts';
import type { GroupMap } from './group-map.ts';
import type { LineAttack } from './line-attacks.ts';
import type { RateTable } from './rate-table.ts';
import type { KeptGroup } from './rule-state.ts';
import type { SavedSuccesses } from './success-table.ts';

/** Everything the behaviour detectors know, as plain data. */
export interface Snapshot {
  states: {
    id: string;
    hash: string;
    groups: ReturnType<GroupMap<KeptGroup>['save']>;
    waiting: string[];
    table: ReturnType<RateTable['save']> | undefined;
    successes: SavedSuccesses | undefined;
  }[];
  memories: SavedMemories;
  directories: Int32Array;
  positions: Map<number, number>;
  lines: ReturnType<GroupMap<LineAttack>['save']>;
  watermark: number;
  swept: number;
}

/**
 * 1 held an object per address, 2 the sign-ins that succeeded with each group, 3 not yet who failed, 4 counts in every
 * bucket, 5 addresses as texts, 6 who signed in from each address as objects,
 * 7 a group for every event, 8 a whole finding of every attack, 9 seconds that end in 2038, 10 addresses of groups of
 * sign-ins by their texts.
 */
const VERSION = 11;

/** Ordinary effort takes half as long again for 2 to 6 % fewer bytes, which the next checkpoint replaces anyhow. */
const LEAST_EFFORT = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Columns of counters are mostly zeros: compressed, a snapshot of 50,000 addresses takes a tenth. */
export function writeSnapshot(snapshot: Snapshot): Uint8Array {
  return zstdCompressSync(serialize({ version: VERSION, snapshot }), LEAST_EFFORT);
}

/** Written by this file alone, into a database of our own: the version says whether the shape fits. */
export function readSnapshot(bytes: Uint8Array): Snapshot | undefined {
  try {
    const saved: unknown = deserialize(zstdDecompressSync(bytes));
    return isVersioned(saved) ? saved.snapshot : undefined;
  } catch {
    // A damaged snapshot is no snapshot; the caller says so by its report.
    return undefined;
  }
}

function isVersioned(saved: unknown): saved is { version: number; snapshot: Snapshot } {
  return (
    typeof saved === 'object' &&
    saved !== null &&
    'version' in saved &&
    saved.version === VERSION &&
    'snapshot' in saved
  );
}
