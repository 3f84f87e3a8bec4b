import type { LogLine } from '../../src-preload/contract/logs.ts';
import { severityOfLevel } from '../../src-preload/contract/severities.ts';

/** How lines are written out. */
export type ExportFormat = 'csv' | 'jsonl';

const CSV_COLUMNS = ['time', 'severity', 'source', 'address', 'id', 'text'];

/** What stands before the first line; empty where nothing does. */
export function exportHeader(format: ExportFormat): string {
  return format === 'csv' ? `${CSV_COLUMNS.join(',')}\n` : '';
}

/** A line with its line end. */
export function exportRow(line: LogLine, format: ExportFormat): string {
  return format === 'csv' ? csvRow(line) : jsonRow(line);
}

/** RFC 4180. A value that a spreadsheet would run as a formula gets an apostrophe in front. */
function csvRow(line: LogLine): string {
  const values = [
    isoTime(line.time),
    severityOfLevel(line.level),
    line.sourceId,
    line.address ?? '',
    line.id,
    line.text,
  ].map((value) => {
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${values.join(',')}\n`;
}

function jsonRow(line: LogLine): string {
  const row = {
    id: line.id,
    time: isoTime(line.time),
    severity: severityOfLevel(line.level),
    source: line.sourceId,
    address: line.address,
    text: line.text,
  };
  return `${JSON.stringify(row)}\n`;
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
