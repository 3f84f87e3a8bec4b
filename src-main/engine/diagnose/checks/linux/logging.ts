import type { Check, CheckVerdict } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, passed, unknown } from '../../verdict.ts';
import { clockOf } from './host-clock.ts';

const CIS = 'CIS Debian Linux 12 Benchmark, 6 Logging and Auditing';
const DAY_MS = 86_400_000;
const common = { subject: 'logs', score: 'security' } as const;

const kept: Check = {
  ...common,
  id: 'LOG-01',
  weight: 4,
  severity: 'error',
  minutes: 10,
  references: [CIS, 'journald.conf(5)', 'NIST SP 800-53 AU-11'],
  async look(host) {
    const storage = await journalStorage(host);
    if (!storage.ok) return unknown(storage, JOURNALD);
    const { value, place } = storage.value;
    const folder = await host.stat('/var/log/journal');
    if (value === 'persistent' || (value === 'auto' && folder.ok))
      return passed(
        [
          { text: `Storage=${value}`, place },
          {
            text: folder.ok ? 'the journal is kept on disk' : 'made at the next start',
            place: '/var/log/journal',
          },
        ],
        { found: 'journal' },
      );
    for (const path of ['/var/log/syslog', '/var/log/messages', '/var/log/auth.log', '/var/log/secure']) {
      const file = await host.stat(path);
      if (file.ok) return passed([{ text: `${file.value.size} bytes`, place: path }]);
      if (file.why !== 'absent') return unknown(file, path);
    }
    if (!folder.ok && folder.why !== 'absent') return unknown(folder, '/var/log/journal');
    return failed(
      [
        { text: `Storage=${value}`, place },
        { text: 'neither a journal on disk nor a system log', place: '/var/log' },
      ],
      value === 'auto' ? { command: 'mkdir -p /var/log/journal' } : {},
    );
  },
};

const JOURNALD = '/etc/systemd/journald.conf';
const DROP_INS = [
  '/usr/lib/systemd/journald.conf.d',
  '/run/systemd/journald.conf.d',
  '/etc/systemd/journald.conf.d',
];

/** Where journald keeps what it takes down: its file, then drop-ins by name, the last word counts (journald.conf(5)). */
async function journalStorage(host: HostProbe): Promise<ProbeAnswer<{ value: string; place: string }>> {
  let storage = { value: 'auto', place: `${JOURNALD} (default)` };
  const dropIns: { name: string; path: string }[] = [];
  for (const folder of DROP_INS) {
    const names = await host.list(folder);
    if (!names.ok) continue;
    dropIns.push(...names.value.map((name) => ({ name, path: `${folder}/${name}` })));
  }
  dropIns.sort((one, other) => (one.name < other.name ? -1 : 1));
  const paths = dropIns.filter(({ name }) => name.endsWith('.conf')).map(({ path }) => path);
  for (const path of [JOURNALD, ...paths]) {
    const text = await host.read(path);
    if (!text.ok && text.why === 'absent') continue;
    if (!text.ok) return text;
    for (const [index, line] of text.value.split('\n').entries()) {
      const value = /^\s*Storage\s*=\s*(\w+)/.exec(line)?.[1];
      if (value !== undefined) storage = { value: value.toLowerCase(), place: `${path}:${index + 1}` };
    }
  }
  return { ok: true, value: storage };
}

const auditing: Check = {
  ...common,
  id: 'LOG-02',
  weight: 3,
  severity: 'warning',
  minutes: 20,
  references: [CIS, 'auditd(8)', 'NIST SP 800-53 AU-12'],
  async look(host) {
    const answer = await host.run('ps', ['-eo', 'comm=']);
    if (!answer.ok) return unknown(answer, 'ps -eo comm=');
    const runs = answer.value.stdout.split('\n').some((line) => line.trim() === 'auditd');
    const evidence = [{ text: runs ? 'auditd runs' : 'auditd does not run', place: 'ps -eo comm=' }];
    return runs ? passed(evidence) : failed(evidence);
  },
};

const FILES = [
  '/var/log/auth.log',
  '/var/log/secure',
  '/var/log/syslog',
  '/var/log/messages',
  '/var/log/kern.log',
  '/var/log/audit/audit.log',
];

const privacy: Check = {
  ...common,
  id: 'LOG-03',
  weight: 3,
  severity: 'warning',
  minutes: 2,
  references: [CIS],
  async look(host) {
    const evidence = [];
    const open: string[] = [];
    for (const path of FILES) {
      const file = await host.stat(path);
      if (!file.ok && (file.why === 'absent' || file.why === 'forbidden')) continue;
      if (!file.ok) return unknown(file, path);
      evidence.push({ text: (file.value.mode & 0o777).toString(8).padStart(4, '0'), place: path });
      if ((file.value.mode & 0o026) !== 0) open.push(path);
    }
    if (evidence.length === 0) return unknown({ ok: false, why: 'absent', detail: '' }, FILES[0] ?? '');
    if (open.length === 0) return passed(evidence);
    return failed(evidence, {
      points: 1,
      parameters: { paths: open.join(', ') },
      command: `chmod 640 ${open.join(' ')}`,
    });
  },
};

const rotation: Check = {
  ...common,
  id: 'LOG-04',
  weight: 2,
  severity: 'warning',
  minutes: 5,
  references: ['logrotate(8)'],
  async look(host) {
    const path = '/etc/logrotate.conf';
    const file = await host.stat(path);
    if (file.ok) return lastRotation(host, path);
    if (file.why !== 'absent') return unknown(file, path);
    const plain = await host.stat('/var/log/syslog');
    // The journal limits itself; only files grow for ever.
    if (!plain.ok && plain.why === 'absent')
      return passed([{ text: 'no plain system log to rotate', place: '/var/log' }], { found: 'journal' });
    return failed([{ text: 'no logrotate', place: path }]);
  },
};

/** Where logrotate takes down what it did: Debian's place, then the RHEL family's, then Arch's. */
const ROTATED = [
  '/var/lib/logrotate/status',
  '/var/lib/logrotate/logrotate.status',
  '/var/lib/logrotate.status',
];
/** It runs every day. */
const ROTATION_DAYS = 8;

async function lastRotation(host: HostProbe, configuration: string): Promise<CheckVerdict> {
  const evidence = [{ text: 'logrotate is set up', place: configuration }];
  for (const path of ROTATED) {
    const file = await host.stat(path);
    if (!file.ok) continue;
    const now = await clockOf(host);
    if (!now.ok) return unknown(now, 'date');
    const days = Math.floor((now.value - file.value.modifiedAt) / DAY_MS);
    evidence.push({ text: new Date(file.value.modifiedAt).toISOString(), place: path });
    if (days > ROTATION_DAYS) return failed(evidence, { found: 'stopped', parameters: { days } });
  }
  return passed(evidence);
}

/** System logs of files, and of the journal on disk and in memory: a folder for each machine. */
const JOURNALS = ['/var/log/journal', '/run/log/journal'];
/** Even an idle machine says something every day: timers, sign-ins, the clock. */
const SILENT_HOURS = 24;
const HOUR_MS = 3_600_000;

const writing: Check = {
  ...common,
  id: 'LOG-05',
  weight: 4,
  severity: 'error',
  minutes: 15,
  references: ['systemd-journald(8)', 'NIST SP 800-53 AU-5'],
  async look(host) {
    const paths = [...FILES];
    let closed: Extract<ProbeAnswer<never>, { ok: false }> | undefined;
    for (const folder of JOURNALS) {
      const machines = await host.list(folder);
      if (machines.ok) paths.push(...machines.value.map((name) => `${folder}/${name}/system.journal`));
      else if (machines.why !== 'absent') closed ??= machines;
    }
    let newest: { path: string; at: number } | undefined;
    for (const path of paths) {
      const file = await host.stat(path);
      if (!file.ok && file.why !== 'absent') closed ??= file;
      if (file.ok && file.value.modifiedAt > (newest?.at ?? 0)) newest = { path, at: file.value.modifiedAt };
    }
    if (newest === undefined) return unknown(closed ?? { ok: false, why: 'absent', detail: '' }, '/var/log');
    const now = await clockOf(host);
    if (!now.ok) return unknown(now, 'date');
    const hours = Math.max(0, Math.floor((now.value - newest.at) / HOUR_MS));
    const evidence = [{ text: new Date(newest.at).toISOString(), place: newest.path }];
    return hours <= SILENT_HOURS
      ? passed(evidence, { parameters: { hours } })
      : failed(evidence, { parameters: { hours } });
  },
};

export const loggingChecks: readonly Check[] = [kept, auditing, privacy, rotation, writing];
