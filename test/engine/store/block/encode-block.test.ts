import { describe, expect, it } from 'vitest';
import {
  BLOCK_LINES,
  draftBlocks,
  encodeBlocks,
  encoded,
  transferList,
} from '../../../../src-main/engine/store/block/encode-block.ts';
import { DAY_START, inStream, stored } from '../sample-lines.ts';

const lines = stored(
  inStream(
    Array.from({ length: BLOCK_LINES * 2 }, (_, n) => ({
      time: DAY_START + n,
      level: n % 8,
      address: `203.0.113.${n % 50}`,
      bytes: Buffer.from(`line ${n} of 203.0.113.${n % 50}`),
    })),
  ),
);

describe('A block that another thread compresses', () => {
  it('is the same as one compressed at once, when it was handed over', () => {
    const drafts = draftBlocks(lines);
    // The memory that the next blocks are made in is the same.
    draftBlocks({ ...lines, text: new Uint8Array(lines.text.length).fill(120) });
    const handed = structuredClone(drafts, { transfer: transferList(drafts) });
    expect(handed.map(encoded)).toEqual(encodeBlocks(lines));
  });

  it('gives back what it was made of', () => {
    const [draft] = draftBlocks(lines);
    if (draft === undefined) return expect.fail('No block');
    expect(draft.memory.byteLength).toBeGreaterThan(lines.text.length / 2);
    encoded(draft);
    expect(draft.memory.byteLength).toBe(0);
  });

  it('is left as it is, when it is compressed already', () => {
    const [block] = encodeBlocks(lines);
    expect(encoded(block ?? expect.fail('No block'))).toBe(block);
  });
});
