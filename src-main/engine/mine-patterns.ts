import type { Readable } from 'node:stream';
import { systemClock, type Clock } from './flow/clock.ts';
import { LineDecoder } from './parse/decode-lines.ts';
import { createLineParser } from './parse/line-parser.ts';
import { LinePatterns } from './parse/patterns/line-patterns.ts';
import { readLines } from './sources/logs/whole-file.ts';
import type { Template } from './flow/pattern-entry.ts';
import { wholeLines } from './whole-lines.ts';

/*
 * Finds the patterns of a whole file without a store: what `yagura patterns` does. Lines are read once and remembered by
 * a number of four bytes each; their templates are final only when the last line has been seen.
 */

export interface MinedPatterns {
  lines: number;
  bytes: number;
  /** Templates by the number of their lines, most first. */
  templates: readonly CountedTemplate[];
  /** Lines whose template there was no room for: they are of the template `<*>`. */
  lumped: number;
  /** The template of a line, 0-based. */
  templateOf(line: number): Template;
}

export interface CountedTemplate extends Template {
  lines: number;
  /** 1-based number of the first line of it. */
  firstLine: number;
}

export interface MinePatternsOptions {
  clock?: Clock | undefined;
  /** Templates kept, of messages and of requests each. */
  maxTemplates?: number;
  /** A compressed file could not be read to its end. */
  onDamage?: ((damage: 'truncated' | 'damaged') => void) | undefined;
  onProgress?: ((progress: { lines: number; bytes: number }) => void) | undefined;
}

/** Enough for any log that has patterns; about 60 MB when full. */
const MAX_TEMPLATES = 50_000;

/**
 * @param input a path (of a file compressed by gzip or zstd, too) or an open stream
 * @throws the file system's error when it can't be read
 */
export async function minePatterns(
  input: string | Readable,
  options: MinePatternsOptions = {},
): Promise<MinedPatterns> {
  const clock = options.clock ?? systemClock;
  const decoder = new LineDecoder();
  // Neither zone nor year matter: the pattern is what stands behind the time.
  const parser = createLineParser({ timeZone: 'UTC', year: undefined, clock });
  const miner = new LinePatterns({
    maxTemplates: options.maxTemplates ?? MAX_TEMPLATES,
    whenFull: 'lump',
  });
  const numbers: Int32Array[] = [];
  const firstLines: number[] = [];
  let lines = 0;
  let bytes = 0;
  const onDamage = options.onDamage ?? ((): void => undefined);
  const chunks = typeof input === 'string' ? readLines(input, onDamage) : wholeLines(input);
  for await (const chunk of chunks) {
    const origin = { sourceId: '', stream: 0, offset: chunk.offset };
    const batch = parser.parse(decoder.split(origin, chunk.bytes, chunk.encoding));
    const nodes = new Int32Array(batch.count);
    miner.mine(batch, nodes);
    numbers.push(nodes);
    firstLines.push(lines);
    lines += batch.count;
    bytes += chunk.bytes.length;
    options.onProgress?.({ lines, bytes });
  }
  miner.finish();
  return {
    lines,
    bytes,
    templates: counted(numbers, miner),
    lumped: miner.forgotten,
    templateOf: (line) => {
      let chunk = 0;
      let last = firstLines.length - 1;
      while (chunk < last) {
        const middle = (chunk + last + 1) >> 1;
        if ((firstLines[middle] ?? 0) <= line) chunk = middle;
        else last = middle - 1;
      }
      return miner.template(numbers[chunk]?.[line - (firstLines[chunk] ?? 0)] ?? -1);
    },
  };
}

function counted(numbers: readonly Int32Array[], miner: LinePatterns): CountedTemplate[] {
  const byNode = new Map<number, CountedTemplate>();
  const byId = new Map<string, CountedTemplate>();
  let line = 0;
  for (const nodes of numbers) {
    for (const node of nodes) {
      line += 1;
      let entry = byNode.get(node);
      if (entry === undefined) {
        const template = miner.template(node);
        entry = byId.get(template.id) ?? { ...template, lines: 0, firstLine: line };
        byId.set(template.id, entry);
        byNode.set(node, entry);
      }
      entry.lines += 1;
    }
  }
  return [...byId.values()].toSorted((a, b) => b.lines - a.lines || a.firstLine - b.firstLine);
}
