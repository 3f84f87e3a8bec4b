import type { Encoding, LogSource, SourcePreview } from '../../../src-preload/contract/log-sources.ts';

/** How a source's lines are read, as it stands in the fields; empty: as found. */
export interface ReadingDraft {
  encoding: string;
  timeZone: string;
  year: string;
}

/** What the fields say, understood; null: as found. */
export interface Reading {
  encoding: Encoding | null;
  timeZone: string | null;
  year: number | null;
}

export const ENCODINGS: readonly Encoding[] = [
  'utf-8',
  'shift_jis',
  'euc-jp',
  'utf-16le',
  'utf-16be',
  'windows-1252',
];
/** As the contract has it. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 9999];

export function draftOf(source?: LogSource): ReadingDraft {
  return {
    encoding: source?.givenEncoding ?? '',
    timeZone: source?.timeZone ?? '',
    year: source?.year === undefined ? '' : String(source.year),
  };
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Which field is not as it must be; undefined when all are. */
export function faultOf({ timeZone, year }: ReadingDraft): 'timeZone' | 'year' | undefined {
  if (timeZone.trim() !== '' && !isTimeZone(timeZone.trim())) return 'timeZone';
  const text = year.trim();
  const number = Number(text);
  if (text !== '' && !(Number.isInteger(number) && number >= FIRST_YEAR && number <= LAST_YEAR))
    return 'year';
  return undefined;
}

export function readingOf(draft: ReadingDraft): Reading {
  return {
    encoding: ENCODINGS.find((each) => each === draft.encoding) ?? null,
    timeZone: draft.timeZone.trim() === '' ? null : draft.timeZone.trim(),
    year: draft.year.trim() === '' ? null : Number(draft.year),
  };
}

/** The same as the calls that look at a source and add it take it. */
export function optionsOf(draft: ReadingDraft): { encoding?: Encoding; timeZone?: string; year?: number } {
  const { encoding, timeZone, year } = readingOf(draft);
  return {
    ...(encoding === null ? {} : { encoding }),
    ...(timeZone === null ? {} : { timeZone }),
    ...(year === null ? {} : { year }),
  };
}

/** What was found where the user says nothing, for the fields. */
export interface Found {
  encoding: Encoding | undefined;
  timeZone: { name: string; from: 'lines' | 'machine' } | undefined;
  year: { number: number; from: 'lines' | 'file' } | undefined;
}

/** @param preview of a look at the source without anything given */
export function foundIn(preview: SourcePreview | undefined): Found {
  if (preview === undefined || preview.lines.length === 0)
    return { encoding: undefined, timeZone: undefined, year: undefined };
  const { zoneFrom, timeZone, year, yearFrom } = preview;
  return {
    encoding: preview.encoding ?? 'utf-8',
    timeZone: preview.stamped === 0 || zoneFrom === 'given' ? undefined : { name: timeZone, from: zoneFrom },
    year:
      year === undefined || yearFrom === undefined || yearFrom === 'given'
        ? undefined
        : { number: year, from: yearFrom },
  };
}
