import { DefaultDeserializer, DefaultSerializer, deserialize, serialize } from 'node:v8';
import { release } from '../../flow/compress.ts';
import { packPieces, unpackPieces } from '../../flow/packed-pieces.ts';
import type { SavedMemories } from './address-memory.ts';
import type { GroupKey, GroupMap } from './group-map.ts';
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
    waiting: GroupKey[];
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
 * sign-ins by their texts, 11 all of it in one piece, 12 what an address asked for in columns of their own, 13 IPv4
 * addresses of groups by their texts.
 */
const VERSION = 14;

/** Groups in one piece: some 500 kB, of which the compressor finds as much alike as of twenty megabytes. */
const GROUPS_A_PIECE = 1000;

/** The first piece: everything but columns of numbers, each the next piece in turn, and what is in the groups' maps. */
interface Head {
  version: number;
  snapshot: Snapshot;
}

/** The last pieces: some of what is in one of the maps, by its place among them. */
interface Groups {
  map: number;
  entries: [GroupKey, unknown][];
}

/** Columns of counters are mostly zeros: compressed, a snapshot of 50,000 addresses takes a tenth. */
export function writeSnapshot(snapshot: Snapshot): Uint8Array[] {
  return packPieces(piecesOf(snapshot));
}

/** Written by this file alone, into a database of our own: the version says whether the shape fits. */
export function readSnapshot(packed: readonly Uint8Array[]): Snapshot | undefined {
  try {
    const pieces = unpackPieces(packed);
    const head = new HeadReader(nextOf(pieces), pieces).read();
    if (!isHead(head)) return undefined;
    const maps = mapsOf(head.snapshot);
    for (const piece of pieces) {
      const { map, entries } = deserialize(piece) as Groups;
      for (const [key, value] of entries) maps[map]?.set(key, value);
    }
    return head.snapshot;
  } catch {
    // A damaged snapshot is no snapshot; the caller says so by its report.
    return undefined;
  }
}

function* piecesOf(snapshot: Snapshot): Generator<Uint8Array> {
  const head = new HeadWriter();
  yield* once(
    head.write({
      version: VERSION,
      snapshot: {
        ...snapshot,
        states: snapshot.states.map((state) => ({ ...state, groups: withoutGroups(state.groups) })),
        lines: withoutGroups(snapshot.lines),
      },
    }),
  );
  yield* head.columns;
  for (const [map, groups] of mapsOf(snapshot).entries()) {
    let entries: Groups['entries'] = [];
    for (const entry of groups) {
      if (entries.push(entry) < GROUPS_A_PIECE) continue;
      yield* once(serialize({ map, entries } satisfies Groups));
      entries = [];
    }
    if (entries.length > 0) yield* once(serialize({ map, entries } satisfies Groups));
  }
}

/** Gives a piece's memory back when it was taken. */
function* once(piece: Buffer<ArrayBuffer>): Generator<Buffer> {
  yield piece;
  release(piece);
}

/** The kinds of columns there are. */
const COLUMNS = [Int32Array, Float64Array];

/** Writes plain data but for its columns, which it gathers. V8 calls them host objects, and asks how to write those. */
class HeadWriter extends DefaultSerializer {
  readonly columns: Buffer[] = [];

  write(head: Head): Buffer<ArrayBuffer> {
    this.writeHeader();
    this.writeValue(head);
    return this.releaseBuffer();
  }

  _writeHostObject(column: ArrayBufferView): void {
    this.writeUint32(COLUMNS.findIndex((kind) => column instanceof kind));
    this.columns.push(Buffer.from(column.buffer, column.byteOffset, column.byteLength));
  }
}

class HeadReader extends DefaultDeserializer {
  readonly #columns: Iterator<Buffer, unknown>;

  constructor(head: Buffer, columns: Iterator<Buffer, unknown>) {
    super(head);
    this.#columns = columns;
  }

  read(): unknown {
    this.readHeader();
    return this.readValue();
  }

  _readHostObject(): ArrayBufferView {
    const Kind = COLUMNS[this.readUint32()];
    if (Kind === undefined) throw new RangeError('There are no such columns');
    // Copied: a buffer may begin anywhere in its memory.
    return new Kind(Uint8Array.from(nextOf(this.#columns)).buffer);
  }
}

function nextOf(pieces: Iterator<Buffer, unknown>): Buffer {
  const next = pieces.next();
  if (next.done === true) throw new RangeError('A piece is missing');
  return next.value;
}

function withoutGroups<Saved extends { young: object; old: object }>(saved: Saved): Saved {
  return { ...saved, young: new Map(), old: new Map() };
}

/** All maps of groups, in an order that does not change. */
function mapsOf({ states, lines }: Snapshot): Map<GroupKey, unknown>[] {
  return [...states.map(({ groups }) => groups), lines].flatMap(({ young, old }) => [young, old]);
}

function isHead(saved: unknown): saved is Head {
  return (
    typeof saved === 'object' &&
    saved !== null &&
    'version' in saved &&
    saved.version === VERSION &&
    'snapshot' in saved
  );
}
