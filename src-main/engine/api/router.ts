import { alertsRouter, type AlertsParts } from './alerts.ts';
import { auditRouter, type AuditParts } from './audit.ts';
import { bundleRouter, type BundleParts } from './bundle.ts';
import { diagnosisRouter, type DiagnosisParts } from './diagnosis.ts';
import { logsRouter, type LogsParts } from './logs.ts';
import { metricsRouter, type MetricsParts } from './metrics.ts';
import { receiverRouter, type ReceiverRouterParts } from './receiver.ts';
import { reportsRouter, type ReportsParts } from './reports.ts';
import type { EngineRouter } from './server/handler.ts';
import { settingsRouter, type SettingsParts } from './settings.ts';
import { systemRouter, type SystemParts } from './system.ts';
import { threatsRouter, type ThreatsParts } from './threats.ts';

export interface RouterParts {
  system: SystemParts;
  metrics: MetricsParts;
  logs: LogsParts;
  threats: ThreatsParts;
  alerts: AlertsParts;
  reports: ReportsParts;
  audit: AuditParts;
  bundle: BundleParts;
  diagnosis: DiagnosisParts;
  receiver: ReceiverRouterParts;
  settings: SettingsParts;
}

/** The whole contract, one file per area. */
export function engineRouter(parts: RouterParts): EngineRouter {
  return {
    system: systemRouter(parts.system),
    metrics: metricsRouter(parts.metrics),
    logs: logsRouter(parts.logs),
    threats: threatsRouter(parts.threats),
    alerts: alertsRouter(parts.alerts),
    reports: reportsRouter(parts.reports),
    diagnosis: diagnosisRouter(parts.diagnosis),
    bundle: bundleRouter(parts.bundle),
    audit: auditRouter(parts.audit),
    receiver: receiverRouter(parts.receiver),
    settings: settingsRouter(parts.settings),
  };
}
