import type { StreamIdentity, StreamPosition } from './stream-position.ts';

interface Registry {
  create(identity: Omit<StreamIdentity, 'stream'>): Promise<StreamIdentity>;
  update(identity: StreamIdentity): Promise<void>;
}

/** Streams of one source that are remembered within a run. */
const MAX_PER_SOURCE = 4;

/**
 * Where each source stands, from the last checkpoint on and as this run goes on: a source that is switched off and on
 * again, or paused, continues where it was. Grows with the sources only.
 */
export class KnownPositions {
  readonly #streams = new Map<string, StreamIdentity[]>();
  readonly #positions = new Map<number, StreamPosition>();
  readonly registry: Registry;

  constructor(
    restored: { streams: readonly StreamIdentity[]; positions: readonly StreamPosition[] },
    registry: Registry,
  ) {
    for (const identity of restored.streams.toSorted((a, b) => a.stream - b.stream)) this.#keep(identity);
    for (const position of restored.positions) this.#positions.set(position.stream, position);
    this.registry = {
      create: async (identity) => {
        const created = await registry.create(identity);
        this.#keep(created);
        return created;
      },
      update: async (identity) => {
        this.#keep(identity);
        await registry.update(identity);
      },
    };
  }

  /** Lines up to there are safe. */
  note({ stream, to, cursor }: { stream: number; to: number; cursor?: string | undefined }): void {
    const known = this.#positions.get(stream);
    // Chunks land out of order.
    if (known === undefined || known.offset < to)
      this.#positions.set(stream, { stream, offset: to, ...(cursor === undefined ? {} : { cursor }) });
  }

  of(sourceId: string): { streams: StreamIdentity[]; positions: StreamPosition[] } {
    const streams = this.#streams.get(sourceId) ?? [];
    const positions = streams.flatMap(({ stream }) => this.#positions.get(stream) ?? []);
    return { streams, positions };
  }

  #keep(identity: StreamIdentity): void {
    const others = (this.#streams.get(identity.sourceId) ?? []).filter(
      ({ stream }) => stream !== identity.stream,
    );
    const kept = [...others, identity].slice(-MAX_PER_SOURCE);
    for (const { stream } of others)
      if (!kept.some((each) => each.stream === stream)) this.#positions.delete(stream);
    this.#streams.set(identity.sourceId, kept);
  }
}
