import { implement, ORPCError, type Router } from '@orpc/server';
import { contract, type Contract } from '../../src-preload/contract/index.ts';
import { settingsSchema, type SettingsState } from '../../src-preload/contract/settings.ts';
import type { EngineMode } from '../../src-preload/contract/system.ts';
import type { Push } from '../../src-preload/contract/shared.ts';
import {
  fakeAddresses,
  fakeAlertRules,
  fakeConnections,
  fakeAlerts,
  fakeDetectionRules,
  fakeFindings,
  fakeLines,
  fakePatterns,
  fakeLogSources,
  fakeRange,
  FAKE_SERIES,
  fakeRibbon,
  fakeStatus,
  fakeTypes,
  noise,
  type FakeState,
} from './fake-data.ts';
import { fakeAudit } from './fake-audit.ts';
import { fakeBundle } from './fake-bundle.ts';
import { fakeDiagnosis } from './fake-diagnosis.ts';
import { fakeReceiver } from './fake-receiver.ts';
import { fakeReports } from './fake-reports.ts';
import { maskingPreview } from './fake-masking.ts';
import { retentionState } from './fake-retention.ts';
import { trafficAnswer } from './fake-traffic.ts';

export interface FakeOptions {
  state: FakeState;
  now: () => number;
  /** Milliseconds between two pushes; 0: one push per subscription, for tests. */
  pushEveryMs: number;
  settings?: unknown;
  locked?: string[];
  mode?: EngineMode;
}

async function* pushing<Item>(make: () => Item[], everyMs: number): AsyncGenerator<Push<Item>> {
  for (let sequence = 1; ; sequence += 1) {
    yield { subscription: 's', sequence, items: make(), dropped: 0 };
    if (everyMs === 0) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function setPath(target: unknown, path: string, value: unknown): void {
  const [head = '', ...rest] = path.split('.');
  if (typeof target !== 'object' || target === null) return;
  if (rest.length === 0) Reflect.set(target, head, value);
  else setPath(Reflect.get(target, head), rest.join('.'), value);
}

/** An engine without a machine: answers as the contract says, out of made-up data; input is checked by the contract. */
/** A scan that went to its end at once. */
const scanned = { scannedLines: 528_341, totalLines: 528_341, elapsedMs: 12 };

export function fakeEngine({
  state,
  now,
  pushEveryMs,
  settings,
  locked = [],
  mode = 'normal',
}: FakeOptions): Router<Contract, object> {
  let alerts = fakeAlerts(state, now());
  let sources = fakeLogSources(state, now());
  let settingsState: SettingsState = {
    settings: settingsSchema.parse(settings ?? {}),
    file: '/home/sato/.config/yagura/settings.yaml',
    locked,
    problems:
      state === 'trouble'
        ? [
            {
              file: 'settings.yaml',
              line: 12,
              field: 'retention.access.days',
              message: { key: 'fake.text', parameters: { words: 'is not a number' } },
            },
          ]
        : [],
    revision: 1,
  };
  const os = implement(contract);
  const none: Record<string, never> = {};

  function alertOf(id: string): (typeof alerts)[number] {
    const found = alerts.find((each) => each.id === id);
    if (found === undefined)
      throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
    return found;
  }
  function change(id: string, part: Partial<(typeof alerts)[number]>): (typeof alerts)[number] {
    const changed = { ...alertOf(id), ...part };
    alerts = alerts.map((each) => (each.id === id ? changed : each));
    return changed;
  }

  return os.router({
    system: {
      identity: os.system.identity.handler(() => ({
        version: '0.1.0',
        protocol: 1,
        hostName: 'TRADE-WS01',
        dataDirectory: '/home/sato/.local/share/yagura',
        processId: 4242,
        nodeVersion: 'v24.21.0',
        platform: 'linux',
        startedAt: now() - (state === 'first' ? 25_000 : 86_400_000),
        mode,
        ...(mode === 'bundle'
          ? {
              bundle: {
                host: 'OTHER-PC',
                createdAt: now(),
                range: { from: now() - 86_400_000, to: now() },
              },
            }
          : {}),
      })),
      status: os.system.status.handler(() => ({ ...fakeStatus(state, now()) })),
      watchStatus: os.system.watchStatus.handler(() =>
        pushing(() => [fakeStatus(state, now())], pushEveryMs),
      ),
      ribbon: os.system.ribbon.handler(({ input }) => fakeRibbon(state, input.from, input.stepMs, now())),
      connections: os.system.connections.handler(() => ({
        connections: state === 'trouble' ? fakeConnections(now()) : [],
        dropped: 0,
      })),
      acknowledge: os.system.acknowledge.handler(() => none),
    },
    diagnosis: fakeDiagnosis({ state, now, pushEveryMs }),
    reports: fakeReports({
      state,
      now,
      pushEveryMs,
      schedules: () => settingsState.settings.reports.schedules,
    }),
    bundle: fakeBundle(now),
    receiver: {
      state: os.receiver.state.handler(() => fakeReceiver(now())),
      rotateToken: os.receiver.rotateToken.handler(() => ({ token: 'yagura_example', madeAt: now() })),
    },
    audit: fakeAudit(state, now),
    metrics: {
      catalogue: os.metrics.catalogue.handler(() =>
        FAKE_SERIES.map((series) => ({
          name: series.name,
          labels: series.labels,
          unit: series.unit,
          lastTime: now(),
          lastValue: series.level,
        })),
      ),
      range: os.metrics.range.handler(({ input }) => ({
        series: fakeRange(
          input.series.map((each) => each.name),
          input.range,
          input.points,
          state,
        ),
        truncated: false,
      })),
      watch: os.metrics.watch.handler(({ input }) =>
        pushing(
          () =>
            FAKE_SERIES.filter((series) => input.names.includes(series.name)).map((series, index) => ({
              name: series.name,
              labels: series.labels,
              time: now(),
              value: Math.max(0, series.level + (noise(now() / 5000 + index) - 0.5) * series.swing),
            })),
          pushEveryMs === 0 ? 0 : 5000,
        ),
      ),
    },
    logs: {
      search: os.logs.search.handler(({ input }) => {
        const wanted = input.filter.text.toLowerCase();
        const lines = state === 'empty' ? [] : fakeLines(now(), input.limit);
        return {
          lines: lines.filter((line) => line.text.toLowerCase().includes(wanted)),
          scannedLines: 528_341,
          elapsedMs: 12,
        };
      }),
      count: os.logs.count.handler(() => ({ count: state === 'empty' ? 0 : 41, ...scanned })),
      complete: os.logs.complete.handler(() => ({ from: 0, to: 0, items: [] })),
      patterns: os.logs.patterns.handler(() => ({
        patterns: state === 'empty' ? [] : fakePatterns(now()),
        total: 4,
        lines: 530_000,
        elapsedMs: 12,
      })),
      retention: os.logs.retention.handler(() => retentionState()),
      archiveNow: os.logs.archiveNow.handler(() => retentionState()),
      saveArchiveKey: os.logs.saveArchiveKey.handler(({ input }) => ({
        path: input.path,
        fingerprint: '3f9a',
      })),
      traffic: os.logs.traffic.handler(({ input }) => trafficAnswer(input)),
      trace: os.logs.trace.handler(({ input }) => ({
        lines: [],
        more: false,
        range: { from: input.around, to: input.around },
        elapsedMs: 12,
      })),
      histogram: os.logs.histogram.handler(({ input }) => {
        const stepMs = Math.ceil((input.range.to - input.range.from) / input.buckets);
        return {
          ...scanned,
          stepMs,
          buckets: Array.from({ length: state === 'empty' ? 0 : input.buckets }, (_, index) => {
            const bad = state !== 'allWell' && index > input.buckets * 0.62;
            return {
              time: input.range.from + index * stepMs,
              critical: bad ? Math.round(18 + noise(index) * 8) : 0,
              error: bad ? Math.round(10 + noise(index + 7) * 8) : 0,
              warning: Math.round(noise(index + 3) * 8),
              info: Math.round(3000 + noise(index + 5) * 600),
              matches: bad && noise(index) > 0.5 ? 3 : 0,
            };
          }),
        };
      }),
      context: os.logs.context.handler(({ input }) => ({
        lines: fakeLines(now(), input.before + input.after + 1),
      })),
      line: os.logs.line.handler(({ input }) => {
        const line = fakeLines(now(), 400).find((each) => each.id === input.id);
        if (line === undefined)
          throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
        return {
          line,
          format: 'syslog',
          fields: [
            { name: 'user', value: '••••', masked: true },
            { name: 'port', value: '51441', masked: false },
          ],
          identifiers: [],
          findingIds: [],
        };
      }),
      tail: os.logs.tail.handler(() =>
        pushing(() => (state === 'empty' ? [] : fakeLines(now(), 3)), pushEveryMs),
      ),
      sources: os.logs.sources.handler(() => sources),
      addSource: os.logs.addSource.handler(({ input }) => {
        if (!input.path.startsWith('/')) {
          throw new ORPCError('BAD_INPUT', {
            data: { key: 'error.BAD_INPUT', parameters: {}, field: 'path' },
          });
        }
        const source = {
          id: input.path,
          path: input.path,
          kind: 'file' as const,
          logClass: input.logClass ?? ('application' as const),
          origin: 'user' as const,
          enabled: true,
          state: 'ok' as const,
          lines: 0,
        };
        sources = [...sources, source];
        return source;
      }),
      setSourceEnabled: os.logs.setSourceEnabled.handler(({ input }) => {
        const found = sources.find((each) => each.id === input.id);
        if (found === undefined)
          throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
        const changed = { ...found, enabled: input.enabled };
        sources = sources.map((each) => (each.id === input.id ? changed : each));
        return changed;
      }),
      setSourcePaused: os.logs.setSourcePaused.handler(({ input }) => {
        const found = sources.find((each) => each.id === input.id);
        if (found === undefined)
          throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
        const changed = { ...found, paused: input.paused };
        sources = sources.map((each) => (each.id === input.id ? changed : each));
        return changed;
      }),
      changeSource: os.logs.changeSource.handler(({ input }) => {
        const found = sources.find((each) => each.id === input.id);
        if (found === undefined)
          throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
        const { timeZone, year, encoding } = input;
        const changed = {
          ...found,
          timeZone: timeZone ?? undefined,
          year: year ?? undefined,
          givenEncoding: encoding ?? undefined,
        };
        sources = sources.map((each) => (each.id === input.id ? changed : each));
        return changed;
      }),
      previewSource: os.logs.previewSource.handler(({ input }) => {
        const kind = input.path.startsWith('ssh://') ? ('ssh' as const) : ('file' as const);
        const timeZone = input.timeZone ?? 'Asia/Tokyo';
        if (input.path.includes('secret'))
          return {
            kind,
            files: 1,
            timeZone,
            zoneFrom: 'machine' as const,
            stamped: 0,
            lines: [],
            reason: { key: 'sources.reason.permission', parameters: { path: input.path } },
          };
        return {
          kind,
          files: 1,
          file: input.path,
          sizeBytes: 48_211_000,
          format: 'syslog',
          encoding: input.encoding ?? ('shift_jis' as const),
          timeZone,
          zoneFrom: input.timeZone === undefined ? ('machine' as const) : ('given' as const),
          year: input.year ?? 2026,
          yearFrom: input.year === undefined ? ('file' as const) : ('given' as const),
          stamped: 2,
          lines: [
            { time: now() - 60_000, level: 6 as const, text: '約定処理を開始しました orders=12' },
            { time: now() - 30_000, level: 3 as const, text: 'order submit timed out after 800ms' },
          ],
        };
      }),
      removeSource: os.logs.removeSource.handler(({ input }) => {
        sources = sources.filter((each) => each.id !== input.id);
        return none;
      }),
      previewFormat: os.logs.previewFormat.handler(({ input }) => {
        const lines = (input.lines ?? ['10:00 ok', 'other']).map((text) => {
          const matched = text.includes(' ');
          const fields = matched ? [{ name: 'message', value: text.slice(6), from: 6, to: text.length }] : [];
          const why = matched ? {} : { why: { key: 'formats.why.anyTime', parameters: {} }, at: 0 };
          return { text, matched, continues: false, fields, ...why };
        });
        if (input.format.pattern === '{') {
          const message = { key: 'formats.fault.unclosed', parameters: { position: 1 } };
          return { fault: { field: 'pattern', position: 0, message }, lines, matched: 0 };
        }
        return { lines, matched: lines.filter((line) => line.matched).length };
      }),
      suggestFormat: os.logs.suggestFormat.handler(() => ({ pattern: '{time} {message?}' })),
      exportPage: os.logs.exportPage.handler(({ input: { format } }) => ({
        text: 'a,b\n',
        header: format === 'csv' ? 'one,two\n' : '',
        lines: 1,
        masked: [],
        samples: [],
      })),
      recordExport: os.logs.recordExport.handler(() => none),
      previewMaskingRules: os.logs.previewMaskingRules.handler(({ input: { draft, cursor, limit } }) =>
        state === 'empty'
          ? { ...maskingPreview(draft, undefined, 0), lines: 0 }
          : maskingPreview(draft, cursor, limit),
      ),
      previewMasking: os.logs.previewMasking.handler(({ input }) => {
        const text = input.text.replaceAll(/(password|token)=\S+/gi, '$1=••••');
        const from = text.indexOf('••••');
        return { text, spans: from === -1 ? [] : [{ from, to: from + 4, kind: 'secret' }] };
      }),
    },
    threats: {
      addresses: os.threats.addresses.handler(() => {
        const addresses = fakeAddresses(state, now());
        return { addresses, total: addresses.length, byType: fakeTypes(state) };
      }),
      address: os.threats.address.handler(({ input }) => {
        const found = fakeAddresses(state, now()).find((each) => each.address === input.address);
        if (found === undefined)
          throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
        return {
          ...found,
          riskParts: { severity: 40, confidence: 28, repetition: 26 },
          findingsList: fakeFindings(state, now()).filter((each) => each.addresses.includes(input.address)),
          users: [
            { name: 'root', count: 188 },
            { name: 'admin', count: 96 },
            { name: 'oracle', count: 41 },
          ],
          distinctUsers: 38,
          successes: 0,
        };
      }),
      findings: os.threats.findings.handler(() => {
        const findings = fakeFindings(state, now());
        return { findings, total: findings.length };
      }),
      explain: os.threats.explain.handler(({ input }) => ({
        steps: (['parse', 'normalise', 'rules', 'bucket', 'decision'] as const).map((step) => ({
          step,
          outcome: step === 'rules' ? ('hit' as const) : ('ok' as const),
          summary: { key: 'fake.text', parameters: { words: `${step} of ${input.line.length} characters` } },
          details: [{ name: 'ip', value: '203.0.113.42' }],
        })),
        event: 'auth_failure',
        rules: [{ id: 'ssh-bf', matched: true, where: 'message', text: 'Failed password' }],
      })),
      rules: os.threats.rules.handler(() => ({
        rules: fakeDetectionRules(),
        problems:
          state === 'trouble'
            ? [
                {
                  file: 'rules/own.yaml',
                  line: 7,
                  field: 'capacity',
                  message: { key: 'fake.text', parameters: { words: 'must be at least 1' } },
                },
              ]
            : [],
      })),
    },
    alerts: {
      active: os.alerts.active.handler(() => alerts),
      history: os.alerts.history.handler(() => ({ alerts, total: alerts.length })),
      alert: os.alerts.alert.handler(({ input }) => {
        const alert = alertOf(input.id);
        return {
          alert,
          events: [
            { time: alert.since, kind: 'pending' as const },
            { time: alert.firedAt ?? alert.since, kind: 'fired' as const },
          ],
        };
      }),
      acknowledge: os.alerts.acknowledge.handler(({ input }) =>
        change(input.id, { acknowledgedAt: now(), acknowledgedBy: 'Sato' }),
      ),
      resolve: os.alerts.resolve.handler(({ input }) =>
        change(input.id, { state: 'resolved', resolvedAt: now() }),
      ),
      rules: os.alerts.rules.handler(() => fakeAlertRules(now())),
      watch: os.alerts.watch.handler(() => pushing(() => [alerts], pushEveryMs)),
    },
    settings: {
      get: os.settings.get.handler(() => settingsState),
      update: os.settings.update.handler(({ input }) => {
        const next = structuredClone(settingsState.settings);
        for (const { path, value } of input.changes) setPath(next, path, value);
        const parsed = settingsSchema.safeParse(next);
        if (!parsed.success) {
          const field = parsed.error.issues[0]?.path.join('.') ?? '';
          throw new ORPCError('BAD_INPUT', { data: { key: 'error.BAD_INPUT', parameters: {}, field } });
        }
        settingsState = { ...settingsState, settings: parsed.data, revision: settingsState.revision + 1 };
        return settingsState;
      }),
      watch: os.settings.watch.handler(() => pushing(() => [settingsState], pushEveryMs)),
    },
  });
}
