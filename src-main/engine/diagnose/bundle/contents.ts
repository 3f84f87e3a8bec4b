import { setImmediate } from 'node:timers/promises';
import type { BundlePart, BundlePreview } from '../../../../src-preload/contract/bundle.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { BundleFile } from './archive.ts';
import type { Redactor } from './redaction.ts';

/** What a part holds: JSON values, and how many more there are than its limit lets in. */
export interface PartContents {
  items: unknown[];
  leftOut: number;
  /** Names of people in it, wherever else they stand. */
  userNames?: string[] | undefined;
}

/** Gives a part's contents for a range; implemented over the stores by bundle-parts.ts. */
export type PartSource = (range: TimeRange, signal: AbortSignal | undefined) => Promise<PartContents>;
export type PartSources = Record<BundlePart, PartSource>;

export interface BundleContents {
  files: BundleFile[];
  preview: BundlePreview;
}

/** Items redacted in one go: some ten milliseconds, so that the engine's main thread never waits longer. */
const STEP = 500;

/**
 * Gathers the parts and takes names and secrets out of them. Names are learnt from all parts before the first is
 * redacted: a user named in an alert is also hidden in a log line.
 * @returns one `<part>.jsonl` each
 */
export async function gather(
  parts: readonly BundlePart[],
  range: TimeRange,
  sources: PartSources,
  redactor: Redactor,
  signal: AbortSignal | undefined,
): Promise<BundleContents> {
  const gathered: { part: BundlePart; contents: PartContents }[] = [];
  for (const part of new Set(parts)) {
    const contents = await sources[part](range, signal);
    for (const name of contents.userNames ?? []) redactor.learn(name);
    gathered.push({ part, contents });
  }
  const files: BundleFile[] = [];
  for (const { part, contents } of gathered) {
    const { items, leftOut } = contents;
    const content = Buffer.from(await linesOf(items, redactor, signal));
    files.push({ name: `${part}.jsonl`, content, items: items.length, leftOut });
  }
  return {
    files,
    preview: {
      parts: gathered.map(({ part, contents: { items, leftOut } }, index) => ({
        part,
        items: items.length,
        leftOut,
        bytes: files[index]?.content.length ?? 0,
      })),
      redacted: redactor.counts(),
      samples: redactor.samples(),
    },
  };
}

async function linesOf(
  items: unknown[],
  redactor: Redactor,
  signal: AbortSignal | undefined,
): Promise<string> {
  const lines: string[] = [];
  for (let from = 0; from < items.length; from += STEP) {
    signal?.throwIfAborted();
    for (const item of items.slice(from, from + STEP)) lines.push(`${JSON.stringify(redactor.json(item))}\n`);
    await setImmediate();
  }
  return lines.join('');
}
