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

/** Where sign-in screens are told to sign somebody in by themselves, and how. */
const AUTOMATIC = [
  { path: '/etc/gdm3/daemon.conf', on: /^\s*(Automatic|Timed)LoginEnable\s*=\s*(true|1|yes)/i },
  { path: '/etc/gdm3/custom.conf', on: /^\s*(Automatic|Timed)LoginEnable\s*=\s*(true|1|yes)/i },
  { path: '/etc/gdm/custom.conf', on: /^\s*(Automatic|Timed)LoginEnable\s*=\s*(true|1|yes)/i },
  { path: '/etc/lightdm/lightdm.conf', on: /^\s*autologin-user\s*=\s*\S/ },
  { path: '/etc/sddm.conf', on: /^\s*User\s*=\s*\S/ },
];
/** Folders of further files, of which any may say it. */
const AUTOMATIC_FOLDERS = [
  { folder: '/etc/lightdm/lightdm.conf.d', on: /^\s*autologin-user\s*=\s*\S/ },
  { folder: '/etc/sddm.conf.d', on: /^\s*User\s*=\s*\S/ },
  {
    folder: '/etc/systemd/system/getty@tty1.service.d',
    on: /^\s*ExecStart\s*=.*--autologin|^\s*ExecStart\s*=.*\s-a\s/,
  },
];

const automaticSignIn: Check = {
  ...common,
  id: 'SRV-04',
  weight: 6,
  severity: 'error',
  minutes: 2,
  references: ['DISA STIG, unattended or automatic logon', 'NIST SP 800-53 IA-2'],
  async look(host) {
    const places = [...AUTOMATIC];
    for (const { folder, on } of AUTOMATIC_FOLDERS) {
      const names = await host.list(folder);
      if (!names.ok && names.why !== 'absent') return unknown(names, folder);
      if (names.ok) places.push(...names.value.map((name) => ({ path: `${folder}/${name}`, on })));
    }
    const evidence = [];
    let seen = 0;
    for (const { path, on } of places) {
      const text = await host.read(path);
      if (!text.ok && text.why === 'absent') continue;
      if (!text.ok) return unknown(text, path);
      seen += 1;
      for (const [index, line] of text.value.split('\n').entries())
        if (on.test(line)) evidence.push({ text: line.trim(), place: `${path}:${index + 1}` });
    }
    if (evidence.length > 0) return failed(evidence);
    return seen === 0
      ? notApplicable()
      : passed([{ text: `${seen} files, none signs in by itself`, place: '/etc' }]);
  },
};

/** Groups whose members can make themselves root, by a container or a disk, without a password. */
const ROOT_GROUPS = ['docker', 'lxd', 'incus-admin', 'libvirt', 'disk'];

const rootGroups: Check = {
  ...common,
  id: 'SRV-05',
  weight: 3,
  severity: 'warning',
  minutes: 5,
  references: ['Docker documentation, Linux post-installation steps', 'NIST SP 800-53 AC-6'],
  async look(host) {
    const path = '/etc/group';
    const text = await host.read(path);
    if (!text.ok) return unknown(text, path);
    const evidence = text.value.split('\n').flatMap((line, index) => {
      const [group = '', , , members = ''] = line.split(':');
      return ROOT_GROUPS.includes(group) && members.trim() !== ''
        ? [{ text: `${group}: ${members.trim()}`, place: `${path}:${index + 1}` }]
        : [];
    });
    if (evidence.length === 0) return passed([{ text: `nobody in ${ROOT_GROUPS.join(', ')}`, place: path }]);
    return failed(evidence, {
      points: 1,
      parameters: { members: evidence.map((each) => each.text).join('; ') },
    });
  },
};

export const serviceChecks: readonly Check[] = [
  failedUnits,
  clearText,
  dockerSocket,
  automaticSignIn,
  rootGroups,
];
