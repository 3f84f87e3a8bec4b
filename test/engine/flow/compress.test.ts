import { constants, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compress, release } from '../../../src-main/engine/flow/compress.ts';

const PARAMS = { [constants.ZSTD_c_compressionLevel]: 1 };

describe('Compressed bytes', () => {
  it('have memory of their own, however long they are and whatever was expected', () => {
    const bytes = fc.uint8Array({ maxLength: 300_000, size: 'max' });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 0, max: 200_000 }), (plain, expected) => {
        // From the memory that small buffers share.
        const neighbour = Buffer.from('neighbour');
        const packed = compress(plain, expected, PARAMS);
        const copy = Buffer.from(packed);
        expect(packed.buffer).not.toBe(neighbour.buffer);
        release(packed);
        expect(packed.length).toBe(0);
        expect(neighbour.toString()).toBe('neighbour');
        expect(zstdDecompressSync(copy).equals(plain)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
