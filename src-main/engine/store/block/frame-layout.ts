/*
 * A block's text is unpacked in frames: a run of its lines each, compressed by themselves. A search that needs a few lines
 * unpacks their frames only, and the filter tells which.
 */

/**
 * Four compress to 1 (sign-ins) to 2 % (requests) more than one piece; eight to twice that. To unpack one takes 20 µs besides
 * its bytes: with eight, words that are in all blocks took a fifth longer to count.
 */
export const MOST_FRAMES = 4;
/** A mask of frames has a bit for each: what may be in any of them. */
export const ALL_FRAMES = 2 ** MOST_FRAMES - 1;
const SMALLEST_FRAME_LINES = 512;

/** Lines of each frame of a block but its last, which may have fewer. Part of the format: filters go by it too. */
export function linesPerFrame(lines: number): number {
  return Math.max(SMALLEST_FRAME_LINES, Math.ceil(lines / MOST_FRAMES));
}

/**
 * Where in the text each frame ends.
 * @param textEnds where each line ends
 */
export function frameEnds(textEnds: Uint32Array): number[] {
  const step = linesPerFrame(textEnds.length);
  const ends: number[] = [];
  for (let line = step; line < textEnds.length + step; line += step)
    ends.push(textEnds[Math.min(line, textEnds.length) - 1] ?? 0);
  return ends;
}

/** The candidates (1) of these frames; the same marks where all are. */
export function withinFrames(candidates: Uint8Array, frames: number): Uint8Array {
  if (frames === ALL_FRAMES) return candidates;
  const step = linesPerFrame(candidates.length);
  const within = new Uint8Array(candidates.length);
  for (let frame = 0; frame < MOST_FRAMES; frame += 1) {
    if ((frames & (1 << frame)) === 0) continue;
    within.set(candidates.subarray(frame * step, (frame + 1) * step), frame * step);
  }
  return within;
}
