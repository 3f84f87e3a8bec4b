import type { Ask, Bridge } from './bridge.ts';

/** One part of a file, as `reports.content` and `bundle.content` answer it. `bytes` is the size of the whole. */
export interface Part {
  base64: string;
  bytes: number;
}

/** A part of 4 MiB takes a moment on a slow disk. */
const PART_TIMEOUT_MS = 60_000;

/**
 * A whole file of the engine, part by part.
 * @param askAt asks for the part that begins at an offset
 * @throws EngineError what the engine answered; UNAVAILABLE when it went away on the way
 */
export async function gather(
  bridge: Bridge,
  askAt: (offset: number) => Ask<Part>,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  let whole: Uint8Array<ArrayBuffer> | undefined;
  let offset = 0;
  do {
    const { base64, bytes } = await bridge.act(askAt(offset), { signal, timeoutMs: PART_TIMEOUT_MS });
    whole ??= new Uint8Array(bytes);
    const taken = putBase64(whole, offset, base64);
    // A file that got shorter on the way would be asked for for ever.
    if (taken === 0) break;
    offset += taken;
    onProgress?.(offset, whole.length);
  } while (offset < whole.length);
  return whole.subarray(0, offset);
}

/** Puts what the text stands for at an offset; returns how many bytes that was. */
function putBase64(target: Uint8Array, offset: number, base64: string): number {
  const binary = atob(base64);
  const length = Math.min(binary.length, target.length - offset);
  for (let at = 0; at < length; at += 1) target[offset + at] = binary.charCodeAt(at);
  return length;
}
