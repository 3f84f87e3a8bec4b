import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packPieces, unpackPieces } from '../../../src-main/engine/flow/packed-pieces.ts';

const piece = fc.uint8Array({ maxLength: 5000 });

describe('Packed pieces', () => {
  it('come back as they were, in their order', () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const packed = packPieces(pieces);
        expect([...unpackPieces(packed)].map((one) => [...one])).toEqual(pieces.map((one) => [...one]));
      }),
    );
  });

  it('are asked for one after another: the memory of each may be used again for the next', () => {
    const memory = new Uint8Array(3);
    const packed = packPieces(
      (function* (): Generator<Uint8Array> {
        for (let round = 0; round < 4; round += 1) yield memory.fill(round);
      })(),
    );
    expect([...unpackPieces(packed)].map((one) => one[0])).toEqual([0, 1, 2, 3]);
  });

  it('of which one is damaged are refused', () => {
    const [first = new Uint8Array(), second = new Uint8Array()] = packPieces([
      Uint8Array.of(1, 2, 3),
      new Uint8Array(1000),
    ]);
    for (let length = 0; length < second.length; length += 1)
      expect(() => [...unpackPieces([first, second.subarray(0, length)])], `${length} bytes`).toThrow();
  });
});
