import { ALL_FRAMES } from '../../../src-main/engine/store/block/frame-layout.ts';
import {
  FILTER_HEADER_BYTES,
  filterPlaces,
  framesAllowed,
  type BlockFilter,
  type FilterQuestion,
} from '../../../src-main/engine/store/block/gram-filter.ts';
import { framesWith, sectionOf, sectionsOf } from '../../../src-main/engine/store/block/number-list.ts';

/** What a filter in hand says: the frames that can hold what is asked for, a bit each. Searches ask stored ones byte by byte. */
export function framesHolding({ filter, numbers }: BlockFilter, question: FilterQuestion): number {
  const sections = sectionsOf(numbers);
  const listed = question.numbers.reduce(
    (frames, number) => frames & framesWith(number, sections[sectionOf(number)] ?? Buffer.alloc(0)),
    ALL_FRAMES,
  );
  return listed & framesMarked(filter, question);
}

/** The same of the tables alone. */
export function framesMarked(filter: Uint8Array, question: FilterQuestion): number {
  const places = filterPlaces(filter.subarray(0, FILTER_HEADER_BYTES), question) ?? [];
  return places.reduce((frames, place) => frames & framesAllowed(place, filter[place.byte]), ALL_FRAMES);
}
