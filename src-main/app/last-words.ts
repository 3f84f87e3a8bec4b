import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Message } from '../../src-preload/contract/shared.ts';

/** Of what an engine says on stderr, this much of its end is kept. */
const KEPT_CHARACTERS = 65_536;

/** The end of a process may be known before its last words. A process of its own that it left behind may hold them open. */
const LAST_WORDS_MS = 300;

/** How an engine that can't go on says why: its last line on stderr. */
const lastLineSchema = z.object({
  reason: z.object({
    key: z.string().max(200),
    parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
});

/**
 * Passes on what an engine says on stderr, and keeps its end.
 * @returns to be called when the process has ended: the reason it gave in its last line, if it gave one
 */
export function listenForReason(
  stderr: NodeJS.ReadableStream,
  onward: NodeJS.WritableStream,
): () => Promise<Message | undefined> {
  let kept = '';
  stderr.setEncoding('utf8');
  stderr.on('data', (text: string) => {
    kept = (kept + text).slice(-KEPT_CHARACTERS);
    onward.write(text);
  });
  // What is missing then is only words.
  const over = once(stderr, 'end').catch(() => undefined);
  return async () => {
    await Promise.race([over, sleep(LAST_WORDS_MS)]);
    return reasonIn(kept);
  };
}

/** @param text what was said, the last line with or without its end */
export function reasonIn(text: string): Message | undefined {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return undefined;
  try {
    return lastLineSchema.parse(JSON.parse(line)).reason;
  } catch {
    // Something else that looks like it: what the system says of the end has to do.
    return undefined;
  }
}
