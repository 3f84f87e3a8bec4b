import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../src-preload/contract/index.ts';
import type {
  CheckResult,
  CheckStatus,
  CheckSubject,
  Diagnosis,
  DiagnosisDifference,
  DiagnosisState,
  DiagnosisSummary,
  Score,
  ScoreName,
} from '../../src-preload/contract/diagnosis.ts';
import type { Message, Push, Severity } from '../../src-preload/contract/shared.ts';
import type { FakeState } from './fake-data.ts';

const DAY = 86_400_000;
const said = (words: string): Message => ({ key: 'fake.text', parameters: { words } });

type Row = [
  id: string,
  subject: CheckSubject,
  status: CheckStatus,
  severity: Severity,
  points: number,
  weight: number,
  title: string,
  found: string,
];

const ROWS: Row[] = [
  ['ACC-02', 'accounts', 'pass', 'error', 5, 5, 'No empty passwords', 'none'],
  ['ACC-05', 'accounts', 'fail', 'warning', 1, 3, 'Accounts unused for 90 days', 'deploy-old, intern2'],
  ['ACC-09', 'accounts', 'unknown', 'warning', 0, 2, 'Failed sign-ins lock an account', 'not readable'],
  ['SSH-01', 'ssh', 'pass', 'critical', 6, 6, 'No sign-in as root', 'PermitRootLogin no'],
  ['SSH-04', 'ssh', 'pass', 'error', 4, 4, 'No weak ciphers', 'none'],
  ['SSH-07', 'ssh', 'fail', 'critical', 0, 9, 'No sign-in by password', 'PasswordAuthentication yes'],
  ['NET-01', 'firewall', 'pass', 'critical', 8, 8, 'Firewall', 'nftables, default drop'],
  ['NET-03', 'ports', 'fail', 'error', 0, 6, 'Ports open to the outside', '0.0.0.0:5432 postgres'],
  ['NET-06', 'ports', 'unknown', 'warning', 0, 3, 'UPnP openings', 'no permission'],
  ['KRN-02', 'kernel', 'pass', 'warning', 3, 3, 'Address space is randomised', '2'],
  ['UPD-01', 'updates', 'fail', 'error', 0, 4, 'Security updates', 'openssl 3.0.15, libc6'],
  ['DSK-02', 'disk', 'pass', 'warning', 3, 3, 'Space for logs', '40 GB free'],
  ['CLK-01', 'clock', 'pass', 'error', 3, 3, 'Clock is synchronised', 'chrony, +1.4 ms'],
  ['TLS-04', 'certificates', 'pass', 'error', 4, 4, 'Certificates in use', '89 days left'],
  ['DOC-01', 'services', 'notApplicable', 'error', 0, 4, 'Docker socket', 'Nothing to check here'],
  ['YGR-01', 'yagura', 'pass', 'error', 5, 5, 'Stored data is whole', '14 files, none damaged'],
  ['PRF-02', 'performance', 'pass', 'warning', 6, 6, 'Memory left', '12.4 of 32 GB'],
  ['PRF-04', 'performance', 'pass', 'warning', 4, 4, 'Swapping', 'none in 24 h'],
  ['PRF-11', 'performance', 'fail', 'warning', 2, 4, 'Swappiness', '60 on 32 GB'],
  [
    'CMP-order-gateway-health',
    'components',
    'pass',
    'critical',
    6,
    6,
    'Order gateway: health',
    'Answered 200 in 41 ms',
  ],
  [
    'CMP-feed-tse',
    'components',
    'fail',
    'error',
    3,
    5,
    'Market data: feed-tse',
    'Answered in 1.8 s; at most 1 s wanted',
  ],
];

function check([id, subject, status, severity, points, weight, title, found]: Row): CheckResult {
  return {
    id,
    subject,
    score: subject === 'performance' || subject === 'components' ? 'performance' : 'security',
    status,
    severity,
    points,
    weight,
    title: said(title),
    found: said(found),
    evidence:
      status === 'fail' || status === 'pass'
        ? [
            {
              text: id === 'SSH-07' ? 'PasswordAuthentication yes <b>x</b>' : found,
              place: id.startsWith('SSH') ? '/etc/ssh/sshd_config:57' : '/proc',
            },
          ]
        : [],
    why: said('Guessing passwords is what attackers on this machine do all day.'),
    fix: {
      text: said(
        id === 'SSH-07'
          ? 'Allow keys only. 3 keys are registered, so that nobody is locked out.'
          : `Mend: ${title}`,
      ),
      ...(id === 'SSH-07' ? { command: 'PasswordAuthentication no' } : {}),
    },
    references: ['CIS Debian Linux 12 v1.1.0 5.1.20', 'NIST SP 800-53 IA-5'],
    minutes: weight > 5 ? 2 : 10,
  };
}

function scoreOf(checks: readonly CheckResult[], name: ScoreName): Score {
  const own = checks.filter((each) => each.score === name && each.status !== 'notApplicable');
  const ran = own.filter((each) => each.status !== 'unknown');
  const sum = (list: readonly CheckResult[], key: 'points' | 'weight'): number =>
    list.reduce((total, each) => total + each[key], 0);
  const maximum = sum(ran, 'weight');
  return {
    score: maximum === 0 ? null : Math.round((sum(ran, 'points') / maximum) * 100),
    points: sum(ran, 'points'),
    maximum,
    ran: ran.length,
    unknown: own.length - ran.length,
    coverage: maximum / sum(own, 'weight'),
  };
}

/** Runs of the last days, newest first; the newest ended half an hour ago. */
export function fakeRuns(now: number): Diagnosis[] {
  return Array.from({ length: 14 }, (_, age) => {
    const checks = ROWS.map(check).map((each) => {
      // The past was worse, but for what broke since.
      if (age > 0 && ['NET-03', 'UPD-01'].includes(each.id))
        return { ...each, status: 'pass' as const, points: each.weight };
      if (age > 0 && ['DSK-02', 'TLS-04'].includes(each.id))
        return { ...each, status: 'fail' as const, points: 0 };
      if (age > 4 && ['SSH-01', 'PRF-02'].includes(each.id))
        return { ...each, status: 'fail' as const, points: 0 };
      return each;
    });
    const fail = { critical: 0, error: 0, warning: 0, info: 0 };
    for (const each of checks) if (each.status === 'fail') fail[each.severity] += 1;
    const count = (status: CheckStatus): number => checks.filter((each) => each.status === status).length;
    const scores = {
      security: scoreOf(checks, 'security'),
      performance: scoreOf(checks, 'performance'),
    };
    return {
      id: `run-${String(14 - age).padStart(3, '0')}`,
      startedAt: now - 1_297_000 - age * DAY,
      durationMs: 38_000,
      scores,
      coverage: (scores.security.coverage + scores.performance.coverage) / 2,
      counts: { pass: count('pass'), unknown: count('unknown'), notApplicable: count('notApplicable'), fail },
      privileged: false,
      hostName: 'TRADE-WS01',
      platform: 'linux',
      checks,
    };
  });
}

export function fakeDifference(from: Diagnosis, to: Diagnosis): DiagnosisDifference {
  const changed = to.checks.flatMap((after) => {
    const before = from.checks.find((each) => each.id === after.id);
    if (before === undefined || before.status === after.status) return [];
    return [
      {
        checkId: after.id,
        title: after.title,
        before: before.status,
        after: after.status,
        beforeSeverity: before.status === 'fail' ? before.severity : undefined,
        afterSeverity: after.status === 'fail' ? after.severity : undefined,
        found: after.found,
        points: after.points - before.points,
      },
    ];
  });
  changed.sort((a, b) => a.points - b.points);
  return { from, to, changed, unchanged: to.checks.length - changed.length };
}

const summaryOf = ({ checks: _checks, ...summary }: Diagnosis): DiagnosisSummary => summary;

export interface FakeDiagnosisOptions {
  state: FakeState;
  now: () => number;
  pushEveryMs: number;
}

/** A diagnosis without a machine: a run takes four seconds (none in tests) and finds what the last one found. */
export function fakeDiagnosis({ state, now, pushEveryMs }: FakeDiagnosisOptions) {
  const os = implement(contract).diagnosis;
  let runs = state === 'empty' || state === 'first' ? [] : fakeRuns(now());
  let begun: number | undefined;
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  const RUN_MS = pushEveryMs === 0 ? 60 : 4000;

  function current(): DiagnosisState {
    const latest = runs[0] === undefined ? undefined : summaryOf(runs[0]);
    if (begun === undefined) return { latest };
    const done = Math.min(20, Math.floor(((now() - begun) / RUN_MS) * 21));
    return { latest, running: { startedAt: begun, done, total: 21, current: ['SSH-07', 'NET-03'] } };
  }
  function found(id: string): Diagnosis {
    const run = runs.find((each) => each.id === id);
    if (run === undefined)
      throw new ORPCError('NOT_FOUND', { data: { key: 'diagnose.failure.noRun', parameters: {} } });
    return run;
  }
  async function* watching(signal: AbortSignal | undefined): AsyncGenerator<Push<DiagnosisState>> {
    for (let sequence = 1; signal?.aborted !== true; sequence += 1) {
      yield { subscription: 'd', sequence, items: [current()], dropped: 0 };
      await new Promise<void>((resolve) => {
        const go = (): void => {
          listeners.delete(go);
          resolve();
        };
        listeners.add(go);
        if (pushEveryMs > 0) setTimeout(go, 300);
        signal?.addEventListener('abort', go, { once: true });
      });
    }
  }

  return {
    start: os.start.handler(() => {
      if (begun !== undefined)
        throw new ORPCError('CONFLICT', { data: { key: 'diagnose.failure.running', parameters: {} } });
      const mine = now();
      begun = mine;
      const id = `run-${String(runs.length + 1).padStart(3, '0')}`;
      setTimeout(() => {
        if (begun !== mine) return;
        begun = undefined;
        const [latest] = runs.length === 0 ? fakeRuns(now()) : runs;
        if (latest !== undefined) runs = [{ ...latest, id, startedAt: mine }, ...runs];
        tell();
      }, RUN_MS);
      tell();
      return { id };
    }),
    cancel: os.cancel.handler(() => {
      begun = undefined;
      tell();
      return {};
    }),
    watch: os.watch.handler(({ signal }) => watching(signal)),
    runs: os.runs.handler(({ input }) => runs.slice(0, input.limit).map(summaryOf)),
    run: os.run.handler(({ input }) => {
      const run = found(input.id ?? runs[0]?.id ?? '');
      const fixes = run.checks
        .filter((each) => each.status === 'fail')
        .map((each) => ({
          checkId: each.id,
          score: each.score,
          gain: Math.round(((each.weight - each.points) / run.scores[each.score].maximum) * 1000) / 10,
          minutes: each.minutes,
        }))
        .sort((a, b) => b.gain - a.gain);
      return { run, fixes };
    }),
    difference: os.difference.handler(({ input }) => fakeDifference(found(input.from), found(input.to))),
    presets: os.presets.handler(() => [
      {
        id: 'order-gateway',
        title: said('Order gateway'),
        description: said('Process, FIX port and health of the way orders leave'),
        checks: [
          {
            kind: 'process' as const,
            name: 'Order gateway: process',
            process: 'order-gateway',
            atLeast: 1,
            weight: 8,
            severity: 'critical' as const,
            enabled: true,
          },
          {
            kind: 'http' as const,
            name: 'Order gateway: health',
            url: 'http://127.0.0.1:8080/health',
            status: 200,
            contains: '',
            slowMs: 200,
            timeoutMs: 3000,
            weight: 6,
            severity: 'error' as const,
            enabled: true,
          },
          {
            kind: 'command' as const,
            name: 'GPU: driver answers',
            program: 'nvidia-smi',
            arguments: [],
            exitCode: 0,
            contains: '',
            timeoutMs: 5000,
            weight: 6,
            severity: 'error' as const,
            enabled: true,
          },
        ],
      },
    ]),
    tryComponent: os.tryComponent.handler(({ input }) => ({
      ...check([
        'CMP-try',
        'components',
        input.check.kind === 'port' ? 'fail' : 'pass',
        input.check.severity,
        input.check.kind === 'port' ? 0 : input.check.weight,
        input.check.weight,
        input.check.name,
        input.check.kind === 'port' ? `Nothing listens on port ${input.check.port}` : 'It answers',
      ]),
    })),
  };
}
