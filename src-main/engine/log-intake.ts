import type { LogClass } from '../../src-preload/contract/log-classes.ts';
import type { Clock } from './flow/clock.ts';
import type { Pipeline } from './pipeline.ts';
import type { Chunk } from './sources/logs/chunk.ts';

/** Whatever hands out chunks of lines: the file tail, the journal. */
export interface ChunkSource {
  /** The next chunk; undefined at the end. */
  next(): Promise<Chunk | undefined>;
  /** The chunk is durable. @param taken bytes taken in, when not all of it was still there */
  release?(chunk: Chunk, taken: number): void;
}

/** What the user said of a source, beyond where it is. */
export interface ReadingOptions {
  timeZone: string | undefined;
  year: number | undefined;
  logClass: LogClass | undefined;
  /** The user's own format of the source. */
  format?: string | undefined;
}

/**
 * Leads chunks from a source through the pipeline until the source ends. No more than the pipeline's limit are under way:
 * what is not asked for waits in the file.
 */
export async function takeIn(
  source: ChunkSource,
  pipeline: Pipeline,
  clock: Clock,
  optionsOf: (sourceId: string) => ReadingOptions,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    const one = takeOne(chunk, source, pipeline, clock, optionsOf(chunk.sourceId)).finally(() =>
      underWay.delete(one),
    );
    underWay.add(one);
    if (underWay.size >= pipeline.chunkLimit) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

async function takeOne(
  chunk: Chunk,
  source: ChunkSource,
  pipeline: Pipeline,
  clock: Clock,
  options: ReadingOptions,
): Promise<void> {
  const readAt = clock.now();
  const end = await pipeline.submit({
    sourceId: chunk.sourceId,
    stream: chunk.stream,
    fd: chunk.fd < 0 ? undefined : chunk.fd,
    bytes: chunk.bytes,
    from: chunk.from,
    to: chunk.to,
    cursor: chunk.cursor,
    live: chunk.live,
    ends: chunk.ends,
    readAt,
    // Old lines without a stamp are no younger than the file's last change.
    fallbackTime: chunk.live ? readAt : Math.min(readAt, chunk.modified ?? readAt),
    path: chunk.path,
    encoding: chunk.encoding,
    header: chunk.header,
    modified: chunk.modified,
    ...options,
  });
  source.release?.(chunk, (end ?? chunk.to) - chunk.from);
}
