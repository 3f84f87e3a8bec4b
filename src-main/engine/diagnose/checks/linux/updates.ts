import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check, CheckVerdict } from '../../check.ts';
import type { HostProbe } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../verdict.ts';
import { isContainer } from './container.ts';
import { clockOf } from './host-clock.ts';
import { isNewerKernel } from './kernel-release.ts';
import { readOsRelease } from './os-release.ts';
import { pendingUpdates } from './package-manager.ts';
import { SUPPORT_ENDS } from './releases.ts';

const DAY_MS = 86_400_000;
const CIS = 'CIS Debian Linux 12 Benchmark, 1.2 Package Management';
const common = { subject: 'updates', score: 'security' } as const;
/** Lists older than this say nothing about today. */
const FRESH_DAYS = 7;

const WEIGHT = 7;
/** So many at once mean that nobody has looked for months. */
const MANY = 10;

const pending: Check = {
  ...common,
  id: 'UPD-01',
  weight: WEIGHT,
  severity: 'error',
  minutes: 15,
  references: [CIS, 'NIST SP 800-53 SI-2'],
  async look(host) {
    const release = await readOsRelease(host);
    if (!release.ok) return unknown(release, '/etc/os-release');
    const answer = await pendingUpdates(host, release.value);
    if (answer === undefined)
      return unknown({ ok: false, why: 'absent', detail: release.value.name }, 'apt, dnf, pacman');
    if (answer === 'noLists') return { status: 'unknown', found: 'noLists', evidence: [] };
    if (!answer.ok) return unknown(answer, release.value.name);
    const { all, security, place, command } = answer.value;
    const evidence = (names: readonly string[]): CheckEvidence[] => names.map((text) => ({ text, place }));
    const parameters = { count: security?.length ?? 0, all: all.length };
    if (security === undefined && all.length > 0)
      // Without a word on which of them mend flaws, some do: half as bad.
      return failed(evidence(all), {
        found: 'unsorted',
        points: Math.floor(WEIGHT / 2),
        severity: 'warning',
        parameters,
        command,
      });
    if (security === undefined || security.length === 0)
      return passed([{ text: `${all.length} updates, none for security`, place }], { parameters });
    return failed(evidence(security), {
      parameters,
      severity: security.length >= MANY ? 'critical' : 'error',
      command,
    });
  },
};

/**
 * What changes whenever lists are fetched. The lists themselves carry the server's time, and apt's cache changes with
 * every installation, so neither tells.
 */
const FETCHED = [
  '/var/lib/apt/periodic/update-success-stamp',
  '/var/lib/apt/periodic/update-stamp',
  '/var/lib/apt/lists/partial',
  '/var/lib/apt/lists',
  '/var/cache/dnf/last_makecache',
  '/var/cache/dnf',
  '/var/cache/libdnf5',
  '/var/lib/pacman/sync',
];

const lists: Check = {
  ...common,
  id: 'UPD-02',
  weight: 3,
  severity: 'warning',
  minutes: 5,
  references: [CIS],
  async look(host) {
    let newest: { path: string; at: number } | undefined;
    for (const path of FETCHED) {
      const file = await host.stat(path);
      if (file.ok && (newest === undefined || file.value.modifiedAt > newest.at))
        newest = { path, at: file.value.modifiedAt };
    }
    if (newest === undefined) return unknown({ ok: false, why: 'absent', detail: '' }, '/var/lib/apt/lists');
    const now = await clockOf(host);
    if (!now.ok) return unknown(now, 'date');
    const days = Math.floor((now.value - newest.at) / DAY_MS);
    const evidence = [{ text: new Date(newest.at).toISOString(), place: newest.path }];
    if (days <= FRESH_DAYS) return passed(evidence, { parameters: { days } });
    return failed(evidence, { parameters: { days, most: FRESH_DAYS } });
  },
};

const restart: Check = {
  ...common,
  id: 'UPD-03',
  weight: 4,
  severity: 'warning',
  minutes: 10,
  references: ['NIST SP 800-53 SI-2'],
  async look(host) {
    const path = '/run/reboot-required';
    const required = await host.stat(path);
    if (required.ok) {
      const packages = await host.read(`${path}.pkgs`);
      const names = packages.ok ? packages.value.trim().split('\n').join(', ') : '';
      return failed([{ text: names === '' ? 'restart required' : names, place: path }], {
        parameters: { names },
      });
    }
    if (required.why !== 'absent') return unknown(required, path);
    // A container has no kernel of its own: whether it is the newest is the host's business.
    if (await isContainer(host)) return notApplicable();
    return runningKernel(host);
  },
};

async function runningKernel(host: HostProbe): Promise<CheckVerdict> {
  const release = await host.read('/proc/sys/kernel/osrelease');
  if (!release.ok) return unknown(release, '/proc/sys/kernel/osrelease');
  const running = release.value.trim();
  const kernels = await host.list('/lib/modules');
  if (!kernels.ok) return kernels.why === 'absent' ? notApplicable() : unknown(kernels, '/lib/modules');
  if (kernels.value.length === 0) return notApplicable();
  // Arch removes a kernel's modules with its update; others keep both, and leave empty folders of kernels that are gone.
  let isReplaced = !kernels.value.includes(running);
  for (const name of kernels.value.filter((each) => isNewerKernel(each, running)))
    isReplaced ||= (await host.stat(`/lib/modules/${name}/kernel`)).ok;
  const parameters = { names: running };
  if (!isReplaced) return passed([{ text: running, place: '/proc/sys/kernel/osrelease' }], { parameters });
  const text = `${running} runs, ${kernels.value.join(', ')} installed`;
  return failed([{ text, place: '/lib/modules' }], { found: 'kernel', parameters });
}

const support: Check = {
  ...common,
  id: 'UPD-04',
  weight: 6,
  severity: 'critical',
  minutes: 120,
  references: [
    'os-release(5)',
    'wiki.debian.org/LTS',
    'ubuntu.com/about/release-cycle',
    'NIST SP 800-53 SA-22',
  ],
  async look(host) {
    const release = await readOsRelease(host);
    if (!release.ok) return unknown(release, '/etc/os-release');
    const { id, version, name, supportEnd, rolling } = release.value;
    if (rolling)
      return passed([{ text: name, place: '/etc/os-release' }], { found: 'rolling', parameters: { name } });
    const ends =
      supportEnd ?? SUPPORT_ENDS[`${id} ${version}`] ?? SUPPORT_ENDS[`${id} ${version.split('.')[0] ?? ''}`];
    if (ends === undefined) return unknown({ ok: false, why: 'absent', detail: name }, 'support dates');
    const now = await clockOf(host);
    if (!now.ok) return unknown(now, 'date');
    const evidence = [{ text: `${name}: until ${ends}`, place: '/etc/os-release' }];
    const parameters = { name, date: ends };
    return now.value < Date.parse(ends) + DAY_MS
      ? passed(evidence, { parameters })
      : failed(evidence, { parameters });
  },
};

const automatic: Check = {
  ...common,
  id: 'UPD-05',
  weight: 3,
  severity: 'warning',
  minutes: 10,
  references: [CIS, 'unattended-upgrade(8)', 'NIST SP 800-53 SI-2'],
  async look(host) {
    const release = await readOsRelease(host);
    if (!release.ok) return unknown(release, '/etc/os-release');
    const { family } = release.value;
    if (family.includes('debian')) return unattendedUpgrades(host);
    if (family.includes('fedora') || family.includes('rhel')) return dnfAutomatic(host);
    return notApplicable();
  },
};

/** The switch as apt reads it, over all files of apt.conf.d, and the program it starts. */
async function unattendedUpgrades(host: HostProbe): Promise<CheckVerdict> {
  const key = 'APT::Periodic::Unattended-Upgrade';
  const command = `apt-config dump ${key}`;
  const answer = await host.run('apt-config', ['dump', key]);
  if (!answer.ok) return unknown(answer, command);
  if (answer.value.exitCode !== 0) return unreadable(command, answer.value.stderr);
  const value = /"(\w*)";/.exec(answer.value.stdout)?.[1] ?? '0';
  const program = await host.stat('/usr/bin/unattended-upgrade');
  const evidence = [
    { text: `${key} "${value}"`, place: command },
    { text: program.ok ? 'installed' : 'not installed', place: '/usr/bin/unattended-upgrade' },
  ];
  return program.ok && !/^(0|false|never|)$/.test(value)
    ? passed(evidence)
    : failed(evidence, {
        command: 'apt-get install unattended-upgrades && dpkg-reconfigure -plow unattended-upgrades',
      });
}

async function dnfAutomatic(host: HostProbe): Promise<CheckVerdict> {
  const path = '/etc/dnf/automatic.conf';
  const text = await host.read(path);
  const mend = 'dnf install dnf-automatic && systemctl enable --now dnf-automatic-install.timer';
  if (!text.ok && text.why !== 'absent') return unknown(text, path);
  if (!text.ok) return failed([{ text: 'not there', place: path }], { command: mend });
  const applies = /^\s*apply_updates\s*=\s*(yes|true|1)/im.test(text.value);
  const timers = ['dnf-automatic-install.timer', ...(applies ? ['dnf-automatic.timer'] : [])];
  const answer = await host.run('systemctl', ['is-enabled', ...timers]);
  if (!answer.ok) return unknown(answer, 'systemctl is-enabled');
  const isOn = /^enabled$/m.test(answer.value.stdout);
  const evidence = [
    { text: `apply_updates = ${applies ? 'yes' : 'no'}`, place: path },
    { text: isOn ? 'enabled' : 'not enabled', place: timers.join(', ') },
  ];
  return isOn ? passed(evidence) : failed(evidence, { command: mend });
}

export const updateChecks: readonly Check[] = [pending, lists, restart, support, automatic];
