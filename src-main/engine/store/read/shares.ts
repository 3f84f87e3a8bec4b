import type { ScanPart } from '../types.ts';

/*
 * One question put to several readers: each goes through the blocks whose number leaves its remainder. The cursor of all is
 * the cursors of each, in order; a reader that is through has none any more.
 */

const BETWEEN = '|';

/** @returns one part for every reader that is not through yet */
export function partsOf(cursor: string | undefined, readers: number): ScanPart[] {
  const cursors =
    cursor === undefined ? new Array<undefined>(readers).fill(undefined) : cursor.split(BETWEEN);
  const of = cursors.length;
  const parts = cursors.map((each, index) => ({
    cursor: each,
    ...(of > 1 && { share: { index, of } }),
  }));
  return cursor === undefined ? parts : parts.filter((part) => part.cursor !== '');
}

/** @returns undefined when all are through */
export function togetherCursor(parts: ScanPart[], cursors: (string | undefined)[]): string | undefined {
  if (cursors.every((cursor) => cursor === undefined)) return undefined;
  const all = new Array<string>(parts[0]?.share?.of ?? 1).fill('');
  for (const [at, part] of parts.entries()) all[part.share?.index ?? 0] = cursors[at] ?? '';
  return all.join(BETWEEN);
}
