import type { ExportMask } from '../../src-preload/contract/limits.ts';
import type { ExportPage } from '../../src-preload/contract/log-export.ts';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import { exportHeader, exportRow, type ExportFormat } from './export-rows.ts';
import { exportRedactor, redactLines, type ExportMasking } from './export-masking.ts';

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
