import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DetectedFinding } from '../../../src-main/engine/flow/finding.ts';
import type { ReportTask } from '../../../src-main/engine/report-task.ts';
import type { WritableDatabase } from '../../../src-main/engine/store/database.ts';
import { openMetricStore } from '../../../src-main/engine/store/metrics/metric-store.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { StateAlerts } from '../../../src-main/engine/store/state/alerts.ts';
import { EngineRuns } from '../../../src-main/engine/store/state/engine-runs.ts';
import { FindingStore } from '../../../src-main/engine/store/state/findings.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import type { Alert } from '../../../src-preload/contract/alerts.ts';
import type { ReportRequest } from '../../../src-preload/contract/reports.ts';
import { findInstallation } from '../../../src-main/installation.ts';
import { settingsSchema } from '../../../src-preload/contract/settings.ts';
import { endOf, inStream, stored } from '../store/sample-lines.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A day that ends at 09:00 in Tokyo. */
export const TO = Date.UTC(2026, 10, 21);
export const FROM = TO - DAY;
export const RANGE = { from: FROM, to: TO };
export const RESOURCES = join(import.meta.dirname, '../../../resources');

const { fonts } = findInstallation(new URL('../../../src-main/cli/index.ts', import.meta.url).href);

/** A data directory written by the stores themselves. */
export class DataDirectory {
  readonly path: string;
  readonly database: WritableDatabase;
  #alerts = 0;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'yagura-report-'));
    mkdirSync(this.path, { recursive: true });
    this.database = openState(this.path, { clock: { now: () => TO }, onProblem: unexpected });
  }

  addFindings(findings: DetectedFinding[]): void {
    const store = new FindingStore(this.database);
    this.database.transaction(() => {
      store.accept(findings);
    });
  }

  addAlert(part: Partial<Alert>): Alert {
    this.#alerts += 1;
    const alert: Alert = {
      id: `alert-${this.#alerts}`,
      ruleId: 'attack',
      area: 'security',
      severity: 'error',
      state: part.resolvedAt === undefined ? 'firing' : 'resolved',
      title: {
        key: 'alerts.attack.brute_force',
        parameters: { type: 'brute_force', address: '203.0.113.9' },
      },
      summary: { key: 'detect.finding.brute_force', parameters: { count: 5, address: '203.0.113.9' } },
      labels: {},
      address: '203.0.113.9',
      since: FROM + HOUR,
      firedAt: FROM + HOUR,
      lastAt: FROM + 2 * HOUR,
      count: 1,
      ...part,
    };
    new StateAlerts(this.database).save({ alert, group: alert.id, evidenceAt: alert.lastAt });
    return alert;
  }

  /** An engine ran over this time. */
  addRun(from: number, to: number): void {
    const runs = new EngineRuns(this.database);
    runs.begin(from);
    runs.end(to);
  }

  /** Samples every minute over a time. */
  addMetric(name: string, from: number, to: number, value: (time: number) => number): void {
    const store = openMetricStore({ directory: this.path, clock: { now: () => to }, onProblem: unexpected });
    for (let time = from; time < to; time += 60_000) {
      store.append([{ name, labels: {}, unit: 'percent', time, value: value(time) }]);
    }
    store.close();
  }

  /** Lines of one source, evenly over a time; every eighth one of each level. */
  addLines(count: number, from: number, to: number, text: (index: number) => string): void {
    const store = openLogStore(this.path, { clock: { now: () => to }, onProblem: unexpected });
    const lines = inStream(
      Array.from({ length: count }, (_, index) => ({
        time: Math.floor(from + ((to - from) * index) / count),
        level: index % 8,
        address: '',
        bytes: Buffer.from(text(index)),
      })),
    );
    for (const day of Map.groupBy(lines, ({ time }) => Math.floor(time / DAY)).values())
      store.appendBlocks(encodeBlocks(stored(day)), { stream: 1, offset: endOf(day) });
    store.close();
  }

  close(): void {
    this.database.close();
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function finding(part: Partial<DetectedFinding> = {}): DetectedFinding {
  const time = part.time ?? FROM + HOUR;
  return {
    id: `${part.type ?? 'brute_force'}-${time}-${part.addresses?.[0] ?? ''}`,
    ruleId: 'ssh-brute-force',
    type: 'brute_force',
    severity: 'error',
    confidence: 0.9,
    risk: 70,
    riskParts: { severity: 70, confidence: 0.9, repetition: 0.1 },
    time,
    firstTime: time - 60_000,
    addresses: ['203.0.113.9'],
    sourceId: '/var/log/auth.log',
    offset: 10,
    count: 5,
    summary: {
      key: 'detect.finding.brute_force',
      parameters: { count: 5, address: '203.0.113.9', user: '' },
    },
    evidence: [
      {
        time,
        text: 'Nov 20 10:00:00 gw sshd[7]: Failed password for invalid user tanaka from 203.0.113.9 port 50112 ssh2',
        sourceId: '/var/log/auth.log',
        offset: 10,
      },
    ],
    mitre: ['T1110.001'],
    owasp: [],
    historic: false,
    ...part,
  };
}

export function task(directory: string, request: Partial<ReportRequest> = {}): ReportTask {
  return {
    request: {
      kind: 'security',
      range: RANGE,
      language: 'en',
      formats: ['json', 'csv'],
      without: [],
      pseudonyms: true,
      ...request,
    },
    dataDirectory: directory,
    resources: RESOURCES,
    fonts,
    version: '0.0.0',
    timeZone: 'Asia/Tokyo',
    classification: '',
    thresholds: settingsSchema.parse({}).thresholds,
    maskingRules: [],
    live: undefined,
  };
}

export const making = { clock: { now: () => TO }, onProblem: unexpected };

export function unexpected(problem: { message: { key: string } }): never {
  throw new Error(problem.message.key);
}
