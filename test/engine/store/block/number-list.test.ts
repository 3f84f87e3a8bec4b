import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFilter, filterQuestion } from '../../../../src-main/engine/store/block/gram-filter.ts';
import {
  framesWith,
  listNumbers,
  numberOf,
  NUMBERS,
  SECTIONS,
  sectionOf,
  sectionsOf,
} from '../../../../src-main/engine/store/block/number-list.ts';
import { framesHolding } from '../frames-holding.ts';

/** Numbers close together and far apart, each in any of the frames. */
const marked = fc.array(
  fc.record({
    first: fc.nat(NUMBERS - 1),
    step: fc.nat(200),
    count: fc.nat(30),
    frames: fc.integer({ min: 1, max: 15 }),
  }),
  { maxLength: 12 },
);

describe('A list of numbers', () => {
  it('tells of every number exactly which frames have it', () => {
    fc.assert(
      fc.property(marked, (groups) => {
        const marks = new Uint8Array(NUMBERS);
        for (const { first, step, count, frames } of groups)
          for (let index = 0; index < count; index += 1) marks[(first + index * step) % NUMBERS] = frames;
        const sections = sectionsOf(listNumbers(marks));
        for (let number = 0; number < NUMBERS; number += 1) {
          const section = sections[sectionOf(number)] ?? expect.fail('No section');
          if (marks[number] === 0 && number % 97 > 0) continue;
          expect(framesWith(number, section)).toBe(marks[number]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([1, 2])(
    'never takes more than 2 kB a section, and then says yes or no: every number of %i in all frames',
    (step) => {
      const marks = new Uint8Array(NUMBERS);
      for (let number = 0; number < NUMBERS; number += step) marks[number] = 15;
      const sections = sectionsOf(listNumbers(marks));
      expect(sections.map(({ length }) => length)).toEqual(new Array<number>(SECTIONS).fill(1250));
      for (const number of [0, 1, 4711, 4712, 99_998, 99_999])
        expect(framesWith(number, sections[sectionOf(number)] ?? Buffer.alloc(0))).toBe(
          number % step === 0 ? 15 : 0,
        );
    },
  );

  it('is told from bits where it happens to be as long as these', () => {
    const marks = new Uint8Array(NUMBERS);
    for (let number = 0; number < 1250; number += 1) marks[number] = 2;
    const [section = Buffer.alloc(0)] = sectionsOf(listNumbers(marks));
    expect(section.length).toBe(1251);
    expect([0, 1249, 1250, 9999].map((number) => framesWith(number, section))).toEqual([2, 2, 0, 0]);
  });
});

describe('What a filter says of numbers', () => {
  const text = fc.stringMatching(/^[0-9a ]{0,60}$/);

  it('is never a wrong no: whatever part of a text is asked for, in the frame that has it', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 4, maxLength: 4 }),
        fc.nat(3),
        fc.nat(60),
        fc.nat(20),
        (frames, at, from, length) => {
          const bytes = frames.map((frame) => Buffer.from(frame));
          let end = 0;
          const ends = bytes.map((each) => (end += each.length));
          const filter = buildFilter(Buffer.concat(bytes), ends, { hashes: [], frames: [], addresses: 0 });
          const part = bytes[at]?.subarray(from, from + length) ?? Buffer.alloc(0);
          expect(framesHolding(filter, filterQuestion([part], [])) & (1 << at)).not.toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds a number that is part of a longer one, and only the frame that has it', () => {
    const frames = ['id=1790000012345678', 'port 12345', 'pid[12346]', 'none 1234 5678'].map((each) =>
      Buffer.from(each.padEnd(600, '.')),
    );
    const filter = buildFilter(Buffer.concat(frames), [600, 1200, 1800, 2400], {
      hashes: [],
      frames: [],
      addresses: 0,
    });
    const asked = (part: string): number => framesHolding(filter, filterQuestion([Buffer.from(part)], []));
    expect(asked('12345')).toBe(0b0011);
    expect(asked('12346')).toBe(0b0100);
    expect(asked('1234567')).toBe(0b0001);
    expect(asked('12347')).toBe(0);
    expect(asked('port 12346')).toBe(0);
  });

  it('names runs of five digits and nothing else', () => {
    expect(numberOf(Buffer.from('00047'))).toBe(47);
    expect(['1234', '123456', '1234a', '12 45'].map((run) => numberOf(Buffer.from(run)))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
