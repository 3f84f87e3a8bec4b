import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPacked, packPieces, unpackPieces } from '../../../src-main/engine/flow/packed-pieces.ts';

const piece = fc.uint8Array({ maxLength: 5000 });

describe('Packed pieces', () => {
  it('come back as they were, in their order', () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const packed = packPieces(pieces);
        expect(isPacked(packed)).toBe(true);
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

  it('that are cut off anywhere but between two are refused', () => {
    const packed = packPieces([Uint8Array.of(1, 2, 3), new Uint8Array(1000)]);
    const whole = [1, 1 + 4 + packed.readUInt32LE(1), packed.length];
    for (let length = 0; length < packed.length; length += 1) {
      if (whole.includes(length)) continue;
      expect(() => [...unpackPieces(packed.subarray(0, length))], `${length} bytes`).toThrow();
    }
  });
});
