import type { ReportFormat, ReportInfo } from '../../../src-preload/contract/reports.ts';

export const FORMATS: readonly ReportFormat[] = ['pdf', 'html', 'csv', 'json'];
export const KINDS = ['security', 'logs', 'health', 'alerts'] as const;

/**
 * Name under which a report's file is saved: kind and last day, so that a folder of them sorts.
 * @param lastDay ISO date in the zone shown
 */
export function fileName(report: Pick<ReportInfo, 'kind'>, format: ReportFormat, lastDay: string): string {
  return `yagura-${report.kind}-${lastDay}.${format}`;
}

/** "9f2c 41ab … e118": enough of a hash to compare by eye. */
export function shortHash(hash: string): string {
  return hash.length <= 16 ? hash : `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
}

/** Bytes of all its files. */
export function sizeOf(report: Pick<ReportInfo, 'files'>): number {
  return report.files.reduce((sum, file) => sum + file.bytes, 0);
}

export function maskedPlaces(report: Pick<ReportInfo, 'masked'>): number {
  return report.masked.reduce((sum, each) => sum + each.count, 0);
}
