import type { Alert, AlertRuleInfo } from '../../src-preload/contract/alerts.ts';
import type { LogSource } from '../../src-preload/contract/log-sources.ts';
import type { LogLine, LogPattern } from '../../src-preload/contract/logs.ts';
import type { Series, Unit } from '../../src-preload/contract/metrics.ts';
import type {
  OutboundConnection,
  RibbonCell,
  SourceHealth,
  Status,
} from '../../src-preload/contract/system.ts';
import type { Severity, State, TimeRange } from '../../src-preload/contract/shared.ts';
import type { DetectionRule, Finding, ThreatAddress } from '../../src-preload/contract/threats.ts';

/** What kind of machine the fake engine plays. */
export type FakeState = 'full' | 'empty' | 'trouble' | 'allWell' | 'first';

/** 2026-11-20 10:42:18 JST, as in the pictures. */
export const FAKE_NOW = Date.UTC(2026, 10, 20, 1, 42, 18);
const MINUTE = 60_000;

/** The same noise for the same point, so that screenshots can be compared. */
export function noise(seed: number): number {
  const value = Math.sin(seed * 12.9898) * 43_758.5453;
  return value - Math.floor(value);
}

function smooth(seed: number, index: number): number {
  const wave = Math.sin(index / 17 + seed) * 0.4 + Math.sin(index / 5 + seed * 3) * 0.2;
  return wave + (noise(seed * 1000 + index) - 0.5) * 0.8;
}

interface FakeSeries {
  name: string;
  labels: Record<string, string>;
  unit: Unit;
  level: number;
  swing: number;
}

export const FAKE_SERIES: FakeSeries[] = [
  { name: 'host_cpu_percent', labels: {}, unit: 'percent', level: 34, swing: 12 },
  { name: 'host_load1', labels: {}, unit: 'count', level: 3.1, swing: 0.5 },
  { name: 'host_cpu_iowait_percent', labels: {}, unit: 'percent', level: 0.4, swing: 0.3 },
  {
    name: 'host_disk_latency_seconds',
    labels: { device: 'nvme0n1' },
    unit: 'seconds',
    level: 0.0032,
    swing: 0.001,
  },
  { name: 'host_disk_hours_until_full', labels: { mount: '/var' }, unit: 'hours', level: 6.2, swing: 0.1 },
  { name: 'host_memory_used_percent', labels: {}, unit: 'percent', level: 61, swing: 4 },
  { name: 'host_memory_available_bytes', labels: {}, unit: 'bytes', level: 12.4e9, swing: 3e8 },
  { name: 'host_memory_total_bytes', labels: {}, unit: 'bytes', level: 32e9, swing: 0 },
  { name: 'host_disk_used_percent', labels: { mount: '/' }, unit: 'percent', level: 62, swing: 0.3 },
  { name: 'host_disk_used_percent', labels: { mount: '/var' }, unit: 'percent', level: 84, swing: 0.4 },
  {
    name: 'host_network_receive_bytes_per_second',
    labels: { interface: 'eth0' },
    unit: 'bytesPerSecond',
    level: 4.2e6,
    swing: 2e6,
  },
  {
    name: 'host_network_transmit_bytes_per_second',
    labels: { interface: 'eth0' },
    unit: 'bytesPerSecond',
    level: 1.4e6,
    swing: 6e5,
  },
  { name: 'yagura_ingest_lines_per_second', labels: {}, unit: 'perSecond', level: 240, swing: 90 },
  { name: 'yagura_cpu_percent', labels: {}, unit: 'percent', level: 0.6, swing: 0.3 },
  { name: 'yagura_memory_rss_bytes', labels: {}, unit: 'bytes', level: 118e6, swing: 2e6 },
];

function valueAt(series: FakeSeries, index: number, seed: number): number {
  return Math.max(0, series.level + smooth(seed, index) * series.swing);
}

/** Points over the range, with one hole when something went wrong. */
export function fakeRange(
  names: readonly string[],
  range: TimeRange,
  points: number,
  state: FakeState,
): Series[] {
  if (state === 'empty') return [];
  const stepMs = Math.max(5000, Math.ceil((range.to - range.from) / points / 5000) * 5000);
  return FAKE_SERIES.flatMap((series, seed) => {
    if (!names.includes(series.name)) return [];
    const times: number[] = [];
    const first = state === 'first' ? Math.max(range.from, range.to - 25_000) : range.from;
    for (let time = Math.ceil(first / stepMs) * stepMs; time < range.to; time += stepMs) times.push(time);
    const values = times.map((time, index) => {
      const share = index / times.length;
      if (state === 'trouble' && share > 0.55 && share < 0.66) return null;
      const lift = state !== 'allWell' && series.name === 'host_cpu_percent' && share > 0.93 ? 50 : 0;
      return valueAt(series, Math.round(time / stepMs), seed + 1) + lift;
    });
    return [
      {
        name: series.name,
        labels: series.labels,
        unit: series.unit,
        stepMs,
        times,
        values,
        minimums: values,
        maximums: values,
      },
    ];
  });
}

function alert(
  now: number,
  part: Partial<Alert> & Pick<Alert, 'id' | 'severity' | 'title' | 'summary'>,
): Alert {
  return {
    ruleId: part.id,
    area: 'infrastructure',
    state: 'firing',
    labels: {},
    since: now - 11 * MINUTE,
    firedAt: now - 10 * MINUTE,
    lastAt: now - 4000,
    count: 1,
    ...part,
  };
}

const text = (words: string): { key: string; parameters: Record<string, string> } => ({
  key: 'fake.text',
  parameters: { words },
});

export function fakeAlerts(state: FakeState, now: number): Alert[] {
  if (state === 'allWell' || state === 'empty' || state === 'first') return [];
  return [
    alert(now, {
      id: 'ssh',
      area: 'security',
      severity: 'critical',
      title: text('SSH brute force in progress'),
      summary: text('203.0.113.42 · auth.log · 412 failures in 10 min'),
      address: '203.0.113.42',
      findingId: 'f1',
      count: 412,
    }),
    alert(now, {
      id: 'cpu',
      severity: 'error',
      title: text('CPU use is high'),
      summary: text('above 80% for 5 min'),
      value: 84.2,
      limit: 80,
      clearLimit: 75,
      unit: 'percent',
      series: { name: 'host_cpu_percent', labels: {} },
      since: now - 10 * MINUTE,
    }),
    alert(now, {
      id: 'disk',
      severity: 'warning',
      title: text('Disk /var is filling up'),
      summary: text('/var · 84% used'),
      value: 86.1,
      limit: 85,
      unit: 'percent',
      series: { name: 'host_disk_used_percent', labels: { mount: '/var' } },
      since: now - 48 * MINUTE,
      acknowledgedAt: now - 40 * MINUTE,
      acknowledgedBy: 'Sato',
    }),
    alert(now, {
      id: 'journal',
      area: 'yagura',
      severity: 'warning',
      blindness: 'noData',
      title: text('No data from /var/log/postgresql/*.log'),
      summary: text('no permission to read'),
      since: now - 4 * MINUTE,
    }),
  ];
}

export function fakeSources(state: FakeState, now: number): SourceHealth[] {
  const host: SourceHealth = {
    id: 'host',
    kind: 'host',
    name: 'TRADE-WS01',
    state: 'ok',
    items: 48_211,
    lastSeenAt: now - 2000,
  };
  if (state === 'empty') return [host];
  const file = (name: string, items: number, own: State = 'ok'): SourceHealth => ({
    id: name,
    kind: name === 'journald' ? 'journal' : 'file',
    name,
    state: own,
    items,
    lastSeenAt: now - 3000,
    lagBytes: 0,
  });
  const sources = [
    host,
    file('/var/log/auth.log', 12_041),
    file('/var/log/nginx/access.log', 481_220),
    file('/var/log/nginx/error.log', 912),
    file('journald', 34_120),
  ];
  if (state === 'allWell' || state === 'first') return sources;
  return [
    ...sources,
    {
      ...file('/var/log/postgresql/*.log', 0, 'unknown'),
      lastSeenAt: now - 4 * MINUTE,
      reason: text('no permission to read'),
    },
    { ...file('/srv/app/api.log', 1204, 'warning'), reason: text('120 MB behind'), lagBytes: 120e6 },
  ];
}

export function fakeStatus(state: FakeState, now: number): Status {
  const alerts = fakeAlerts(state, now);
  const count = (severity: Severity): number => alerts.filter((each) => each.severity === severity).length;
  return {
    time: now,
    state: alerts.length > 0 ? 'critical' : 'ok',
    alerts: { critical: count('critical'), error: count('error'), warning: count('warning'), info: 0 },
    needsYou: count('critical') + count('error'),
    sources: fakeSources(state, now),
    ingest: { linesPerSecond: state === 'empty' ? 0 : 241, linesTotal: 528_341, dropped: 0 },
    evaluation: { rules: 42, lastAt: now - 3000 },
    queues: [
      { name: 'feed.tail', depth: 12, limit: 5000, dropped: state === 'trouble' ? 340 : 0 },
      { name: 'logReads', depth: 0, limit: 64, dropped: 0 },
      { name: 'alerts', depth: 4, limit: 10_000, dropped: 0 },
    ],
    own: { cpuPercent: 0.6, memoryBytes: 118e6, memoryLimitBytes: 150e6 },
    storage: { usedBytes: 55.8e9, freeBytes: 214e9 },
    problems:
      state === 'trouble'
        ? [{ severity: 'warning', message: text('logs/access/2026-11-18.db was damaged and set aside') }]
        : [],
    outboundConnections: 0,
    audit: { number: 48_211, hash: '3be092f4'.repeat(8) },
    ...(state === 'empty' || state === 'first'
      ? {}
      : { diagnosis: { at: now - 1_297_000, security: 64, performance: 84 } }),
  };
}

export function fakeRibbon(state: FakeState, from: number, stepMs: number, now: number): RibbonCell[] {
  const cells: RibbonCell[] = [];
  for (let time = from; time < now; time += stepMs) {
    const index = cells.length;
    let cell: State = 'ok';
    if (state === 'first' && now - time > stepMs) cell = 'unknown';
    if (state === 'full' || state === 'trouble') {
      if (index === 37 || index === 38) cell = 'warning';
      if (index === 61) cell = 'unknown';
      if (index === 88) cell = 'error';
      if (now - time < 50 * MINUTE) cell = 'warning';
      if (now - time < 15 * MINUTE) cell = 'critical';
    }
    cells.push({ time, state: cell });
  }
  return cells;
}

export function fakeTypes(state: FakeState): { type: string; severity: Severity; events: number }[] {
  if (state === 'empty' || state === 'allWell' || state === 'first') return [];
  return [
    { type: 'brute_force', severity: 'critical', events: 412 },
    { type: 'credential_stuffing', severity: 'error', events: 268 },
    { type: 'sqli', severity: 'error', events: 37 },
    { type: 'path_traversal', severity: 'warning', events: 128 },
    { type: 'scanner', severity: 'info', events: 54 },
  ];
}

export function fakeAddresses(state: FakeState, now: number): ThreatAddress[] {
  if (fakeTypes(state).length === 0) return [];
  const address = (
    name: string,
    severity: Severity,
    risk: number,
    events: number,
    types: string[],
  ): ThreatAddress => ({
    address: name,
    severity,
    risk,
    types,
    findings: Math.ceil(events / 40),
    events,
    firstTime: now - 50 * MINUTE,
    lastTime: now - 4000,
    sparkline: Array.from(
      { length: 24 },
      (_, index) => Math.round(noise(risk + index) * 8) + (index > 19 ? events / 5 : 0),
    ),
  });
  return [
    address('203.0.113.42', 'critical', 94, 412, ['brute_force']),
    address('192.0.2.88', 'error', 81, 37, ['sqli']),
    address('198.51.100.17', 'error', 77, 268, ['credential_stuffing']),
    address('2001:db8:5a:41c:9f00:12:7:88ab', 'warning', 58, 128, ['path_traversal', 'scanner']),
  ];
}

export function fakeFindings(state: FakeState, now: number): Finding[] {
  return fakeAddresses(state, now).map((from, index) => ({
    id: `f${index + 1}`,
    ruleId: 'ssh-bf',
    type: from.types[0] ?? 'scanner',
    severity: from.severity,
    confidence: 0.9,
    risk: from.risk,
    riskParts: { severity: 40, confidence: 28, repetition: 26 },
    time: from.lastTime,
    firstTime: from.firstTime,
    addresses: [from.address],
    user: 'root',
    sourceId: '/var/log/auth.log',
    offset: 1200 * index,
    count: from.events,
    summary: text('412 failed SSH sign-ins in 11 minutes'),
    evidence: Array.from({ length: 7 }, (_, line) => ({
      time: from.lastTime - (7 - line) * 1200,
      text: `Failed password for invalid user admin from ${from.address} port ${50_000 + line} ssh2`,
      sourceId: '/var/log/auth.log',
      offset: 1200 * index + line * 90,
    })),
    mitre: ['T1110.001'],
    owasp: [],
    historic: false,
  }));
}

const LINES: [level: number, source: string, words: string][] = [
  [6, '/var/log/nginx/access.log', '198.51.100.23 "GET /api/v1/quotes/7203 HTTP/1.1" 200 1832 0.012'],
  [5, '/var/log/auth.log', 'session opened for user ops-sato by (uid=0)'],
  [2, '/var/log/auth.log', 'Failed password for root from 203.0.113.42 port 51441 ssh2'],
  [3, '/srv/app/api.log', 'order submit timed out after 800ms order_id=A-48213 trace=7f3a9c21e0b4'],
  [4, 'journald', 'checkpoint complete: wrote 4812 buffers (29.4%); write=8.214 s'],
  [6, '/srv/app/api.log', '株価の更新を受信 銘柄=7203 価格=2,841.5'],
  [
    6,
    '/var/log/nginx/access.log',
    '192.0.2.88 "GET /?id=1%27%20OR%20%271%27=%271 HTTP/1.1" 403 162 <script>alert(1)</script>',
  ],
];

export function fakeLines(now: number, count: number): LogLine[] {
  return Array.from({ length: count }, (_, index) => {
    const [level, sourceId, words] = LINES[index % LINES.length] ?? [6, 'journald', ''];
    return {
      id: `application/2026-11-20/${index + 1}`,
      time: now - (count - index) * 310,
      level,
      sourceId,
      text: words,
      ...(words.includes('203.0.113.42') ? { address: '203.0.113.42' } : {}),
    };
  });
}

export function fakePatterns(now: number): LogPattern[] {
  const pattern = (id: string, template: string, count: number, rest: Partial<LogPattern>): LogPattern => ({
    id,
    template,
    count,
    share: count / 530_000,
    level: 6,
    trend: Array.from({ length: 24 }, (_, part) => 10 + Math.round(noise(part) * 4)),
    firstTime: now - 3_600_000,
    lastTime: now,
    isNew: false,
    ...rest,
  });
  return [
    pattern('4d9a3f0b11c2', 'GET /api/orders/<*> 200', 512_004, { change: 1.02 }),
    pattern('9b00e1aa42d7', 'order <*> filled in <*>', 17_300, { change: 0.31 }),
    pattern('c77f0d6e5512', 'Failed password for <*> from <*> port <*> ssh2', 690, { change: 8.4, level: 2 }),
    pattern('0e31b2c4d5f6', 'database connection pool exhausted, waited <*>', 6, { isNew: true, level: 3 }),
  ];
}

export function fakeLogSources(state: FakeState, now: number): LogSource[] {
  return fakeSources(state, now)
    .filter((source) => source.kind !== 'host')
    .map((source) => ({
      id: source.id,
      path: source.name,
      kind: source.kind === 'journal' ? 'journal' : 'file',
      logClass: source.name.includes('auth')
        ? 'audit'
        : source.name.includes('access')
          ? 'access'
          : 'application',
      origin: source.name.startsWith('/srv') ? 'user' : 'found',
      format: source.name.includes('access') ? 'combined' : 'syslog',
      enabled: true,
      state: source.state,
      reason: source.reason,
      lines: source.items,
      sizeBytes: source.items * 120,
      lagBytes: source.lagBytes,
      lastSeenAt: source.lastSeenAt,
    }));
}

export function fakeAlertRules(now: number): AlertRuleInfo[] {
  const rule = (
    id: string,
    area: string,
    severity: Severity,
    state: AlertRuleInfo['state'],
  ): AlertRuleInfo => ({
    id,
    area,
    title: text(id),
    severity,
    condition: text('> 80% for 5 min'),
    forMs: 5 * MINUTE,
    clearForMs: 3 * MINUTE,
    state,
    lastEvaluatedAt: now - 3000,
  });
  return [
    rule('cpu-high', 'infrastructure', 'error', 'firing'),
    rule('memory-high', 'infrastructure', 'error', 'ok'),
    rule('disk-full', 'infrastructure', 'warning', 'ok'),
    rule('gpu-temperature', 'infrastructure', 'warning', 'noSource'),
    rule('attack', 'security', 'critical', 'firing'),
  ];
}

export function fakeDetectionRules(): DetectionRule[] {
  return fakeTypes('full').map(({ type, severity, events }) => ({
    id: `${type}-1`,
    type,
    title: text(type),
    severity,
    kind: type.includes('force') ? 'bucket' : 'line',
    origin: type === 'scanner' ? 'user' : 'built-in',
    file: `rules/${type}.yaml`,
    fixtures: 14,
    findings24h: Math.round(events / 40),
  }));
}

export function fakeConnections(now: number): OutboundConnection[] {
  return [
    {
      purpose: 'time',
      destination: 'ntp.example.jp:123',
      count: 24,
      firstAt: now - 86_400_000,
      lastAt: now - 40_000,
      lastOutcome: 'ok',
    },
    {
      purpose: 'component',
      destination: '[2001:db8::5]:8080',
      count: 3,
      firstAt: now - 7_200_000,
      lastAt: now - 3_600_000,
      lastOutcome: 'failed',
    },
  ];
}
