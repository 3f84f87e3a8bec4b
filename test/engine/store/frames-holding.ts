import { ALL_FRAMES } from '../../../src-main/engine/store/block/frame-layout.ts';
import {
  FILTER_HEADER_BYTES,
  filterPlaces,
  framesAllowed,
  type FilterQuestion,
} from '../../../src-main/engine/store/block/gram-filter.ts';

/** What a filter in hand says: the frames that can hold what is asked for, a bit each. Searches ask stored ones byte by byte. */
export function framesHolding(filter: Uint8Array, question: FilterQuestion): number {
  const places = filterPlaces(filter.subarray(0, FILTER_HEADER_BYTES), question) ?? [];
  return places.reduce((frames, place) => frames & framesAllowed(place, filter[place.byte]), ALL_FRAMES);
}
