import { join } from 'node:path';
import type { ReportRequest } from '../../src-preload/contract/reports.ts';
import { systemClock } from './flow/clock.ts';
import type { ReportTask } from './report-making.ts';
import type { ReportFonts } from './report/pdf/printable.ts';
import { SettingsFile } from './settings/settings-file.ts';

/** What a terminal knows of its installation. */
interface OfflineInstallation {
  resources: string;
  fonts: ReportFonts;
  version: string;
  managedSettings: string;
}

/**
 * The task of a report that no engine makes: from what a data directory holds, or of nothing where there is none. Writes
 * nothing there.
 */
export function reportTaskOf(
  request: ReportRequest,
  dataDirectory: string,
  { resources, fonts, version, managedSettings }: OfflineInstallation,
): ReportTask {
  const settings = new SettingsFile({
    file: join(dataDirectory, 'settings.yaml'),
    managedFile: managedSettings,
    overrides: {},
    clock: systemClock,
    onChange: () => undefined,
    record: () => undefined,
  });
  return {
    request,
    dataDirectory,
    resources,
    fonts,
    version,
    timeZone: localTimeZone(),
    classification: settings.current.reports.classification,
    thresholds: settings.current.thresholds,
    maskingRules: settings.current.masking.rules,
    live: undefined,
  };
}

/** This machine's IANA zone. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
