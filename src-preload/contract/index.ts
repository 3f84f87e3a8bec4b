import { alertsContract } from './alerts.ts';
import { auditContract } from './audit.ts';
import { bundleContract } from './bundle.ts';
import { diagnosisContract } from './diagnosis.ts';
import { logsContract } from './logs.ts';
import { metricsContract } from './metrics.ts';
import { receiverContract } from './receiver.ts';
import { reportsContract } from './reports.ts';
import { settingsContract } from './settings.ts';
import { systemContract } from './system.ts';
import { threatsContract } from './threats.ts';

/** Everything a face (window, terminal, later a remote console) may ask of an engine. One file per area. */
export const contract = {
  system: systemContract,
  metrics: metricsContract,
  logs: logsContract,
  threats: threatsContract,
  alerts: alertsContract,
  diagnosis: diagnosisContract,
  reports: reportsContract,
  bundle: bundleContract,
  audit: auditContract,
  receiver: receiverContract,
  settings: settingsContract,
};
export type Contract = typeof contract;
