import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertCentre } from '../../../src-main/engine/alert/alert-centre.ts';
import { loadAlertRules } from '../../../src-main/engine/alert/load-rules.ts';
import type { Notice } from '../../../src-main/engine/alert/notices.ts';
import type { AlertRule } from '../../../src-main/engine/alert/rule.ts';
import type { AuditRecord } from '../../../src-main/engine/flow/audit-trail.ts';
import type { DetectedFinding } from '../../../src-main/engine/flow/finding.ts';
import type { MetricSample } from '../../../src-main/engine/flow/metric.ts';
import type { WritableDatabase } from '../../../src-main/engine/store/database.ts';
import { StateAlerts } from '../../../src-main/engine/store/state/alerts.ts';
import { FindingStore } from '../../../src-main/engine/store/state/findings.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';
import { StateValues } from '../../../src-main/engine/store/state/values.ts';
import { settingsSchema, type Settings } from '../../../src-preload/contract/settings.ts';

export const START = Date.UTC(2026, 10, 21, 9);
export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const RULES_FOLDER = join(import.meta.dirname, '../../../resources/alert-rules');
export const BUILT_IN = loadAlertRules(RULES_FOLDER);

/** A centre on a real database with a clock that stands still until told. */
export class CentreFixture {
  readonly directory = mkdtempSync(join(tmpdir(), 'yagura-alerts-'));
  readonly notices: Notice[] = [];
  /** What was taken down of people's acts. */
  readonly audited: AuditRecord[] = [];
  now = START;
  settings: Settings = settingsSchema.parse({ notifications: { minimumSeverity: 'warning' } });
  rules: AlertRule[] = BUILT_IN.rules;
  /** How the host answers a notice. */
  answer: (notice: Notice) => Promise<unknown> = () => Promise.resolve();
  changes = 0;
  database: WritableDatabase;
  centre: AlertCentre;

  constructor(rules?: AlertRule[]) {
    if (rules !== undefined) this.rules = rules;
    this.database = this.#open();
    this.centre = this.#start();
  }

  #open(): WritableDatabase {
    const fail = (problem: { message: { key: string } }): never => {
      throw new Error(problem.message.key);
    };
    return openState(this.directory, { clock: { now: () => this.now }, onProblem: fail });
  }

  #start(): AlertCentre {
    return new AlertCentre({
      store: new StateAlerts(this.database),
      findings: new FindingStore(this.database),
      values: new StateValues(this.database),
      audit: { record: (record) => void this.audited.push(record), head: () => ({ number: 0, hash: '' }) },
      clock: { now: () => this.now },
      rules: this.rules,
      settings: () => this.settings,
      notify: (notice) => {
        this.notices.push(notice);
        return this.answer(notice);
      },
      onChange: () => {
        this.changes += 1;
      },
      unwatched: () => [],
      watchesLogs: () => true,
    });
  }

  /** As after a crash or an update: what is not in the database is gone. */
  restart(): void {
    this.database.close();
    this.database = this.#open();
    this.centre = this.#start();
  }

  /** One collection and one tick. `undefined`: no value this time. */
  sample(name: string, value: number | undefined, labels: Record<string, string> = {}): void {
    if (value !== undefined) this.centre.acceptSamples([sampleOf(name, value, this.now, labels)]);
    this.centre.tick();
  }

  /** The value every 5 s for a time. */
  hold(name: string, value: number | undefined, forMs: number, labels: Record<string, string> = {}): void {
    for (let passed = 0; passed < forMs; passed += 5 * SECOND) {
      this.now += 5 * SECOND;
      this.sample(name, value, labels);
    }
  }

  close(): void {
    this.database.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function sampleOf(
  name: string,
  value: number,
  time: number,
  labels: Record<string, string> = {},
): MetricSample {
  return { name, labels, value, time, unit: 'percent' };
}

export function finding(id: string, changes: Partial<DetectedFinding> = {}): DetectedFinding {
  return {
    id,
    ruleId: 'sqli-union',
    type: 'sqli',
    severity: 'error',
    confidence: 0.9,
    risk: 70,
    riskParts: { severity: 40, confidence: 20, repetition: 10 },
    time: START,
    firstTime: START,
    addresses: ['203.0.113.7'],
    sourceId: 'access',
    offset: 100,
    count: 1,
    summary: { key: 'findings.summary', parameters: {} },
    evidence: [{ time: START, text: "GET /?id=1' UNION SELECT", sourceId: 'access', offset: 100 }],
    mitre: [],
    owasp: [],
    historic: false,
    ...changes,
  };
}
