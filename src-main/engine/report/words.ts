import { formatTime } from '../../../src-preload/contract/format.ts';
import { sentence, type Language, type Words as Locale } from '../../../src-preload/contract/words.ts';
import type { ReportDocument, Words } from './document.ts';

/** Puts what a report says into words of its language. */
export type Say = (words: Words) => string;

/** @param timeZone zone in which times are told, in minutes: nobody decides by seconds on paper */
export function reportSay(locale: Locale, language: Language, timeZone: string): Say {
  const time = (value: number): string => formatTime(value, 'dateMinute', timeZone);
  return (words) => ('text' in words ? words.text : sentence(locale, language, words, time));
}

/** `2026-11-20 10:40 – 2026-11-21 10:40 (Asia/Tokyo)`. */
export function rangeWords({ range, timeZone }: ReportDocument): string {
  const at = (time: number): string => formatTime(time, 'dateMinute', timeZone);
  return `${at(range.from)} – ${at(range.to)} (${timeZone})`;
}
