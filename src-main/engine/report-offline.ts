import type { ReportRequest } from '../../src-preload/contract/reports.ts';
import type { ReportFonts } from './report/pdf/printable.ts';
import { reportTask, type ReportTask } from './report-task.ts';
import { storedSettings } from './stored-settings.ts';

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
  const places = { dataDirectory, resources, fonts, version };
  return reportTask(request, places, storedSettings(dataDirectory, managedSettings), undefined);
}
