import { ALL_FRAMES, withinFrames } from '../../block/frame-layout.ts';
import type { LoadedUnit } from '../unit.ts';
import { either, marked, selectWithin, type QueryPart } from './part.ts';
import { filterTest, textPart } from './text-parts.ts';

/**
 * Lines whose client has an address as it is spelled here. Nearly all of them have it in their text: these are found by it,
 * and the column is read only where there are any. The filter knows of frames with lines that have it otherwise.
 */
export function spelledPart(address: string): QueryPart {
  // What is no ASCII may stand in a line in another encoding.
  const standing = /^[ -~]+$/.test(address) ? textPart(address) : undefined;
  const listed = filterTest([], [`address:${address}`]);

  function possible(unit: LoadedUnit, candidates: Uint8Array): Uint8Array | undefined {
    const frames = listed(unit);
    if (standing === undefined || frames === ALL_FRAMES) return candidates;
    const found = selectWithin(standing, unit, candidates);
    if (frames === 0) return found;
    const others = withinFrames(candidates, frames);
    return found === undefined ? others : either(found, others);
  }

  return {
    cost: 0.1,
    frames: (unit) => (standing === undefined ? ALL_FRAMES : standing.frames(unit) | listed(unit)),
    select(unit, candidates) {
      const lines = possible(unit, candidates);
      return lines && marked(unit.columns().withAddress(address, lines));
    },
  };
}
