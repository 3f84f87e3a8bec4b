import { formatNumber, formatTime } from '../../../../src-preload/contract/format.ts';
import type { Message, Severity, State } from '../../../../src-preload/contract/shared.ts';
import type { Language } from '../../../../src-preload/contract/words.ts';
import type { Cell, Column, Words } from '../document.ts';
import type { ReportData } from '../report-data.ts';

/** What the sections of a report are composed from. */
export interface ComposeContext {
  data: ReportData;
  language: Language;
}

/** Words of a report's own: `report.<key>`. */
export function words(key: string, parameters: Message['parameters'] = {}): Message {
  return { key: `report.${key}`, parameters };
}

/** Text as it stands: of a log, of a person. */
export function text(value: string): Words {
  return { text: value };
}

export function cell(value: Words, more: Omit<Cell, 'words'> = {}): Cell {
  return { words: value, ...more };
}

/** Monospaced: an address, a path, an id. */
export function code(value: string): Cell {
  return { words: text(value), code: true };
}

export function severityCell(severity: Severity): Cell {
  return { words: { key: `severity.${severity}`, parameters: {} }, state: severity };
}

export function stateCell(state: State, value: Words): Cell {
  return { words: value, state };
}

export function column(key: string, more: Partial<Omit<Column, 'title'>> = {}): Column {
  return { title: words(`column.${key}`), align: more.align ?? 'start', width: more.width ?? 'fit' };
}

export function amount({ language }: ComposeContext, value: number): string {
  return formatNumber(value, language, 0);
}

export function amountCell(context: ComposeContext, value: number): Cell {
  return cell(text(amount(context, value)));
}

/** `+398`, `−2`, `0`. */
export function differenceCell(context: ComposeContext, value: number): Cell {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  return cell(text(`${sign}${amount(context, Math.abs(value))}`));
}

export function timeText({ data }: ComposeContext, time: number): string {
  return formatTime(time, 'dateMinute', data.timeZone);
}

export function timeCell(context: ComposeContext, time: number | undefined): Cell {
  return cell(time === undefined ? NOTHING : text(timeText(context, time)));
}

/** How long; a dash where it never happened. */
export function durationCell(milliseconds: number | null | undefined): Cell {
  return cell(
    milliseconds === null || milliseconds === undefined
      ? NOTHING
      : words('duration', { spanMs: milliseconds }),
  );
}

/** Where there is no value: never zero. */
export const NOTHING: Words = text('–');

/** Name of an attack type; one that a user's own rule brought names itself. */
export function typeWords(type: string): Words {
  return words('attackType', { type });
}
