import type { Check } from '../../check.ts';
import { failed, passed, unknown } from '../../verdict.ts';

const CIS = 'CIS Debian Linux 12 Benchmark, 6 Logging and Auditing';
const common = { subject: 'logs', score: 'security' } as const;

const kept: Check = {
  ...common,
  id: 'LOG-01',
  weight: 4,
  severity: 'error',
  minutes: 10,
  references: [CIS, 'journald.conf(5)', 'NIST SP 800-53 AU-11'],
  async look(host) {
    const journal = await host.stat('/var/log/journal');
    if (journal.ok)
      return passed([{ text: 'the journal is kept on disk', place: '/var/log/journal' }], {
        found: 'journal',
      });
    for (const path of ['/var/log/syslog', '/var/log/messages', '/var/log/auth.log', '/var/log/secure']) {
      const file = await host.stat(path);
      if (file.ok) return passed([{ text: `${file.value.size} bytes`, place: path }]);
      if (file.why !== 'absent') return unknown(file, path);
    }
    if (journal.why !== 'absent') return unknown(journal, '/var/log/journal');
    return failed([{ text: 'neither a journal on disk nor a system log', place: '/var/log' }], {
      command: 'mkdir -p /var/log/journal',
    });
  },
};

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
    if (file.ok) return passed([{ text: 'logrotate is set up', place: path }]);
    if (file.why !== 'absent') return unknown(file, path);
    const plain = await host.stat('/var/log/syslog');
    // The journal limits itself; only files grow for ever.
    if (!plain.ok && plain.why === 'absent')
      return passed([{ text: 'no plain system log to rotate', place: '/var/log' }], { found: 'journal' });
    return failed([{ text: 'no logrotate', place: path }]);
  },
};

export const loggingChecks: readonly Check[] = [kept, auditing, privacy, rotation];
