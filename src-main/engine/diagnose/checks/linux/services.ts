import type { Check } from '../../check.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../verdict.ts';

const common = { subject: 'services', score: 'security' } as const;
const FAILED_UNITS = ['list-units', '--state=failed', '--plain', '--no-legend', '--no-pager'];

const failedUnits: Check = {
  ...common,
  id: 'SRV-01',
  weight: 3,
  severity: 'warning',
  minutes: 15,
  references: ['systemctl(1)'],
  async look(host) {
    const booted = await host.stat('/run/systemd/system');
    if (!booted.ok && booted.why === 'absent') return notApplicable();
    const command = `systemctl ${FAILED_UNITS.join(' ')}`;
    const answer = await host.run('systemctl', FAILED_UNITS);
    if (!answer.ok) return unknown(answer, command);
    if (answer.value.exitCode !== 0) return unreadable(command, answer.value.stderr);
    const units = answer.value.stdout.split('\n').flatMap((line) => line.trim().split(/\s+/)[0] || []);
    if (units.length === 0) return passed([{ text: 'no failed unit', place: command }]);
    return failed(
      units.map((text) => ({ text, place: command })),
      { parameters: { count: units.length, names: units.join(', ') } },
    );
  },
};

/** Programs whose very presence is a way in: sign-in and copying in clear. */
const CLEAR_TEXT = [
  '/usr/sbin/in.telnetd',
  '/usr/sbin/telnetd',
  '/usr/sbin/in.rshd',
  '/usr/sbin/in.rlogind',
  '/usr/sbin/in.tftpd',
  '/usr/sbin/ypserv',
];

const clearText: Check = {
  ...common,
  id: 'SRV-02',
  weight: 5,
  severity: 'error',
  minutes: 5,
  references: ['CIS Debian Linux 12 Benchmark, 2.1 Configure Server Services'],
  async look(host) {
    const found: string[] = [];
    for (const path of CLEAR_TEXT) {
      const file = await host.stat(path);
      if (file.ok) found.push(path);
      else if (file.why !== 'absent') return unknown(file, path);
    }
    if (found.length === 0)
      return passed([{ text: `none of ${CLEAR_TEXT.length} looked for`, place: '/usr/sbin' }]);
    return failed(
      found.map((place) => ({ text: 'installed', place })),
      { parameters: { names: found.join(', ') } },
    );
  },
};

const dockerSocket: Check = {
  ...common,
  id: 'SRV-03',
  weight: 5,
  severity: 'critical',
  minutes: 2,
  references: ['Docker documentation, Protect the Docker daemon socket'],
  async look(host) {
    const path = '/run/docker.sock';
    const socket = await host.stat(path);
    if (!socket.ok) return socket.why === 'absent' ? notApplicable() : unknown(socket, path);
    const mode = (socket.value.mode & 0o777).toString(8).padStart(4, '0');
    const evidence = [{ text: `${mode} owner ${socket.value.owner}`, place: path }];
    if ((socket.value.mode & 0o006) === 0) return passed(evidence);
    return failed(evidence, { command: `chmod o-rw ${path}` });
  },
};

export const serviceChecks: readonly Check[] = [failedUnits, clearText, dockerSocket];
