import type { ExportMask } from '../../src-preload/contract/limits.ts';
import type { ExportPage } from '../../src-preload/contract/log-export.ts';
import type { ParsedLogFilter } from '../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import { exportHeader, exportRow, type ExportFormat } from './export-rows.ts';
import { exportRedactor, redactLines, type ExportMasking } from './export-masking.ts';
import type { AuditTrail } from './flow/audit-trail.ts';
import type { Masker } from './parse/mask.ts';

/** What is known of a file of lines that was saved. */
export interface MadeExport {
  /** Of the file, as it was proposed. */
  name: string;
  filter: ParsedLogFilter;
  format: ExportFormat;
  mask: readonly ExportMask[];
  lines: number;
  cut: boolean;
}

/** Takes a file of lines down. What was searched for may itself be a secret, and is kept as lines are. */
export function recordExport(audit: AuditTrail, made: MadeExport, masker: Pick<Masker, 'preview'>): void {
  const { name, filter, format, mask, lines, cut } = made;
  audit.record({
    actor: 'operator',
    action: 'logsExported',
    subject: name,
    details: { query: masker.preview(filter.text).text, ...filter.range, format, masked: mask, lines, cut },
  });
}

/** A page of lines for the screen, with what was replaced in it. */
export function exportedPage(
  lines: readonly LogLine[],
  format: ExportFormat,
  masking: ExportMasking,
  kinds: readonly ExportMask[],
): Omit<ExportPage, 'cursor'> {
  const redactor = exportRedactor(masking, kinds);
  const rows = redactLines(redactor, lines, masking.usersIn).map((line) => exportRow(line, format));
  return {
    text: rows.join(''),
    header: exportHeader(format),
    lines: rows.length,
    masked: redactor.counts(),
    samples: redactor.samples(),
  };
}
