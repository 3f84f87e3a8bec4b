import type { StreamIdentity, StreamPosition } from '../../flow/stream-position.ts';
import { openWritable, type DatabaseOptions, type WritableDatabase } from '../database.ts';
import { checkpointMigrations } from '../migrations/checkpoint/index.ts';
import type { SavedState } from '../types.ts';

interface StreamRow {
  stream: number;
  source: string;
  path: string;
  file: string;
  fingerprint: string;
  fingerprint_length: number;
}

/** `checkpoint.db`: where a restart begins to read, and with what memory. */
export class CheckpointDatabase {
  readonly #database: WritableDatabase;

  constructor(path: string, options: Pick<DatabaseOptions, 'clock' | 'onProblem'>) {
    // FULL, because a restart trusts it beyond everything else.
    this.#database = openWritable(path, {
      ...options,
      migrations: checkpointMigrations,
      synchronous: 'FULL',
    });
  }

  save(positions: StreamPosition[], detectors: SavedState[]): void {
    const setPosition = this.#database.command<[number, number, string | null]>(
      `INSERT INTO positions (stream, offset, cursor) VALUES (?, ?, ?)
       ON CONFLICT (stream) DO UPDATE SET offset = excluded.offset, cursor = excluded.cursor`,
    );
    const dropPieces = this.#database.command<[]>('DELETE FROM detector_pieces');
    const setPiece = this.#database.command<[string, number, Uint8Array]>(
      'INSERT INTO detector_pieces (name, place, piece) VALUES (?, ?, ?)',
    );
    this.#database.transaction(() => {
      for (const { stream, offset, cursor } of positions) setPosition.run(stream, offset, cursor ?? null);
      dropPieces.run();
      for (const { name, pieces } of detectors)
        for (const [place, piece] of pieces.entries()) setPiece.run(name, place, piece);
    });
  }

  load(): {
    positions: StreamPosition[];
    detectors: SavedState[];
    streams: StreamIdentity[];
  } {
    return {
      positions: this.#database
        .query<[], { stream: number; offset: number; cursor: string | null }>(
          'SELECT stream, offset, cursor FROM positions ORDER BY stream',
        )
        .all()
        .map(({ stream, offset, cursor }) => ({ stream, offset, ...(cursor === null ? {} : { cursor }) })),
      detectors: this.#loadDetectors(),
      streams: this.#database
        .query<[], StreamRow>('SELECT * FROM streams ORDER BY stream')
        .all()
        .map((row) => ({
          stream: row.stream,
          sourceId: row.source,
          path: row.path,
          fileId: row.file,
          fingerprint: row.fingerprint,
          fingerprintLength: row.fingerprint_length,
        })),
    };
  }

  #loadDetectors(): SavedState[] {
    const rows = this.#database
      .query<[], { name: string; piece: Buffer }>(
        'SELECT name, piece FROM detector_pieces ORDER BY name, place',
      )
      .all();
    const byName = Map.groupBy(rows, ({ name }) => name);
    return [...byName].map(([name, pieces]) => ({ name, pieces: pieces.map(({ piece }) => piece) }));
  }

  /** The newest stream of that identity, under its new path; or a new one. */
  identify(identity: Omit<StreamIdentity, 'stream'>, fresh: boolean): StreamIdentity {
    return this.#database.transaction(() => {
      const known = fresh ? undefined : this.#find(identity);
      if (known !== undefined) {
        this.#database
          .command<[string, number]>('UPDATE streams SET path = ? WHERE stream = ?')
          .run(identity.path, known);
        return { ...identity, stream: known };
      }
      const row = this.#database
        .query<[], { stream: number | null }>('SELECT max(seq) AS stream FROM sqlite_sequence')
        .get();
      const stream = (row?.stream ?? 0) + 1;
      this.#database
        .command<[number, string, string, string, string, number]>(
          'INSERT INTO streams (stream, source, path, file, fingerprint, fingerprint_length) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(
          stream,
          identity.sourceId,
          identity.path,
          identity.fileId,
          identity.fingerprint,
          identity.fingerprintLength,
        );
      return { ...identity, stream };
    });
  }

  /** The stream goes by another path now, or more of its beginning is known. */
  rename({ stream, path, fingerprint, fingerprintLength }: StreamIdentity): void {
    this.#database
      .command<[string, string, number, number]>(
        'UPDATE streams SET path = ?, fingerprint = ?, fingerprint_length = ? WHERE stream = ?',
      )
      .run(path, fingerprint, fingerprintLength, stream);
  }

  /** Detector state of a busy minute is megabytes, that of a quiet one next to nothing: its room is given back here. */
  close(): void {
    this.#database.compact();
    this.#database.close();
  }

  #find(identity: Omit<StreamIdentity, 'stream'>): number | undefined {
    return this.#database
      .query<[string, string, string, number], { stream: number }>(
        `SELECT stream FROM streams WHERE source = ? AND file = ? AND fingerprint = ? AND fingerprint_length = ?
         ORDER BY stream DESC LIMIT 1`,
      )
      .get(identity.sourceId, identity.fileId, identity.fingerprint, identity.fingerprintLength)?.stream;
  }
}
