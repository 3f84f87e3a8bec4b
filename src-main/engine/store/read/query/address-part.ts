import { ALL_FRAMES, withinFrames } from '../../block/frame-layout.ts';
import { addressToken } from '../../block/gram-filter.ts';
import type { LoadedUnit } from '../unit.ts';
import { anyOf, either, marked, selectWithin, type QueryPart } from './part.ts';
import { filterTest, textPart } from './text-parts.ts';

/**
 * Lines whose client has an address as it is spelled here. Nearly all of them have it in their text: these are found by it,
 * and the column is read only where there are any. The filter knows of frames with lines that have it otherwise.
 */
export function spelledPart(address: string): QueryPart {
  // What is no ASCII may stand in a line in another encoding.
  return clientPart(address, /^[ -~]+$/.test(address) ? textPart(address) : undefined);
}

/** The same of an IPv4 address in either of its spellings. */
export function ipv4Part(address: string): QueryPart {
  const bare = textPart(address);
  const long = `::ffff:${address}`;
  const mapped = textPart(long);
  // Where the short one is not, the long one need not be asked for.
  const frames: QueryPart['frames'] = (unit) => (bare.frames(unit) === 0 ? 0 : mapped.frames(unit));
  return anyOf([clientPart(address, bare), clientPart(long, { ...mapped, frames })]);
}

/** @param standing finds the lines that have the address in their text; undefined where that can't tell */
function clientPart(address: string, standing: QueryPart | undefined): QueryPart {
  const listed = filterTest([], [addressToken(address)]);

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
