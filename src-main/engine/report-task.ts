import type { MaskingRule } from '../../src-preload/contract/masking.ts';
import type { ReportRequest } from '../../src-preload/contract/reports.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { ReportFonts } from './report/pdf/printable.ts';
import type { LiveFacts, Thresholds } from './report/report-data.ts';

/** All that making a report takes; plain values, so that it can be handed to a thread. */
export interface ReportTask {
  request: ReportRequest;
  dataDirectory: string;
  /** Folder of locales and rules. */
  resources: string;
  fonts: ReportFonts;
  version: string;
  /** IANA zone in which times are told. */
  timeZone: string;
  /** Who may read it; empty: the language's default. */
  classification: string;
  /** Limits drawn into the charts of the host. */
  thresholds: Thresholds;
  /** The user's own; secrets are masked in any case. */
  maskingRules: readonly MaskingRule[];
  /** undefined: no engine runs. */
  live: LiveFacts | undefined;
}

/**
 * What is asked for, with what the settings say about reports.
 * @param live undefined: no engine runs
 */
export function reportTask(
  request: ReportRequest,
  places: Pick<ReportTask, 'dataDirectory' | 'resources' | 'fonts' | 'version'>,
  settings: Pick<Settings, 'reports' | 'thresholds' | 'masking'>,
  live: LiveFacts | undefined,
): ReportTask {
  return {
    request,
    ...places,
    timeZone: localTimeZone(),
    classification: settings.reports.classification,
    thresholds: settings.thresholds,
    maskingRules: settings.masking.rules,
    live,
  };
}

/** This machine's IANA zone. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
