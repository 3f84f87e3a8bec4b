import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteRun, searchBytes } from '../../../../src-main/engine/store/block/byte-search.ts';

function placesOf(text: Buffer, wanted: string): number[] {
  const find = searchBytes(text, byteRun(Buffer.from(wanted)));
  const places: number[] = [];
  for (let at = find(0); at >= 0; at = find(at + 1)) places.push(at);
  return places;
}

/** The same, one place after another. */
function plainPlacesOf(text: Buffer, wanted: string): number[] {
  const run = Buffer.from(wanted).toString('latin1');
  const folded = text.toString('latin1').replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return Array.from(folded, (_, at) => at).filter((at) => folded.startsWith(run, at));
}

const letters = fc.constantFrom(...Array.from('aAbBzZ@[`{.0 \u0000é日'));
const text = fc.array(letters, { maxLength: 120 }).map((each) => each.join(''));
const wanted = fc
  .array(fc.constantFrom(...Array.from('abz@[`{.0 é日')), { minLength: 1, maxLength: 5 })
  .map((each) => each.join(''));

describe('a byte search', () => {
  it('finds each place that a plain search finds, whatever the case of ASCII', () => {
    fc.assert(
      fc.property(text, wanted, (all, run) => {
        const bytes = Buffer.from(all);
        expect(placesOf(bytes, run)).toEqual(plainPlacesOf(bytes, run));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds runs at both ends of a text that is larger than its memory was', () => {
    const large = Buffer.alloc(5_000_000, 'x');
    large.write('Needle', 0);
    large.write('nEEDLE', large.length - 6);
    expect(placesOf(large, 'needle')).toEqual([0, large.length - 6]);
  });

  it('meets nothing of the text before, which was longer', () => {
    expect(placesOf(Buffer.from('some needle and more'), 'needle')).toEqual([5]);
    expect(placesOf(Buffer.from('some need'), 'needle')).toEqual([]);
    expect(placesOf(Buffer.from('x'), 'needle')).toEqual([]);
    expect(placesOf(Buffer.alloc(0), 'x')).toEqual([]);
  });
});
