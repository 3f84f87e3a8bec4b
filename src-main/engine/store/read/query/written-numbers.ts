import type { Bound } from '../../../../../src-preload/contract/query/syntax.ts';
import type { TextFrame } from '../../block/block-text.ts';
import { ALL_FRAMES } from '../../block/frame-layout.ts';
import { foldsIntoAscii } from '../../block/gram-filter.ts';
import { intersection, type QueryPart } from './part.ts';
import { numberTest } from './value-test.ts';

/**
 * Lines in which a number in the range could stand behind a key: `took=250ms`, `"took": 250`. It leaves out only what can't
 * match, so that far fewer lines are read for their fields: those in which every number behind the key lies outside. One
 * regular expression goes through the bytes of all lines at once.
 */
export function writtenNumberPart(
  key: string,
  test: { least?: Bound | undefined; most?: Bound | undefined },
): QueryPart | undefined {
  // Only these are written alike in all formats.
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return undefined;
  const inRange = numberTest(test);
  // A backslash may stand for any character, also a digit; and there are blanks outside of ASCII.
  const expression = new RegExp(
    `${key}(?:[=:]|"\\s*:?)[\\s"']*(?:([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?)(\\\\)?|[\\\\\\x80-\\xff])`,
    'gi',
  );
  return {
    cost: 1,
    frames: () => ALL_FRAMES,
    select(unit, candidates) {
      const found = new Uint8Array(candidates.length);
      for (const frame of unit.text().framesWith(candidates))
        markNumbers(frame, expression, inRange, found.subarray(frame.firstLine));
      return intersection(found, candidates);
    },
  };
}

function markNumbers(
  lines: TextFrame,
  expression: RegExp,
  inRange: (value: number) => boolean,
  found: Uint8Array,
): void {
  const { ends, latin1 } = lines;
  if (foldsIntoAscii(lines.bytes)) {
    found.fill(1, 0, ends.length);
    return;
  }
  let line = 0;
  expression.lastIndex = 0;
  for (let hit = expression.exec(latin1); hit !== null; hit = expression.exec(latin1)) {
    while ((ends[line] ?? Infinity) <= hit.index) line += 1;
    const [text, number, escape] = hit;
    // A hit that goes on beyond its line may have met the next line's number: the line is looked at.
    const isCertain =
      hit.index + text.length < (ends[line] ?? 0) && number !== undefined && escape === undefined;
    if (!isCertain || inRange(Number(number))) found[line] = 1;
  }
}
