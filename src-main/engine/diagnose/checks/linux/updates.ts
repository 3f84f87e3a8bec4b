import type { Check } from '../../check.ts';
import type { HostProbe } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../verdict.ts';
import { readOsRelease } from './os-release.ts';

const DAY_MS = 86_400_000;
const CIS = 'CIS Debian Linux 12 Benchmark, 1.2 Package Management';
const common = { subject: 'updates', score: 'security' } as const;
/** Lists older than this say nothing about today. */
const FRESH_DAYS = 7;

/** `-s` simulates: nothing is fetched and nothing changed. */
const SIMULATE = ['-s', '-o', 'Debug::NoLocking=true', 'upgrade'];

const pending: Check = {
  ...common,
  id: 'UPD-01',
  weight: 7,
  severity: 'error',
  minutes: 15,
  references: [CIS, 'NIST SP 800-53 SI-2'],
  async look(host) {
    const release = await readOsRelease(host);
    if (!release.ok) return unknown(release, '/etc/os-release');
    if (!release.value.family.includes('debian'))
      return unknown({ ok: false, why: 'absent', detail: release.value.name }, 'apt');
    const command = 'apt-get -s upgrade';
    const answer = await host.run('apt-get', SIMULATE);
    if (!answer.ok) return unknown(answer, command);
    if (answer.value.exitCode !== 0) return unreadable(command, answer.value.stderr);
    const lines = answer.value.stdout.split('\n').filter((line) => line.startsWith('Inst '));
    const security = lines.filter((line) => /security/i.test(line));
    const parameters = { count: security.length, all: lines.length };
    if (security.length === 0)
      return passed([{ text: `${lines.length} updates, none for security`, place: command }], { parameters });
    const names = security.map((line) => line.split(' ')[1] ?? '');
    return failed(
      names.map((text) => ({ text, place: command })),
      {
        parameters,
        severity: security.length >= 10 ? 'critical' : 'error',
        command: 'apt-get update && apt-get upgrade',
      },
    );
  },
};

const lists: Check = {
  ...common,
  id: 'UPD-02',
  weight: 3,
  severity: 'warning',
  minutes: 5,
  references: [CIS],
  async look(host) {
    for (const path of [
      '/var/lib/apt/periodic/update-success-stamp',
      '/var/cache/apt/pkgcache.bin',
      '/var/lib/apt/lists',
      '/var/cache/dnf',
      '/var/lib/pacman/sync',
    ]) {
      const file = await host.stat(path);
      if (!file.ok && file.why === 'absent') continue;
      if (!file.ok) return unknown(file, path);
      const now = await clockOf(host);
      if (now === undefined) return unknown({ ok: false, why: 'failed', detail: '' }, '/proc/driver/rtc');
      const days = Math.floor((now - file.value.modifiedAt) / DAY_MS);
      const evidence = [{ text: new Date(file.value.modifiedAt).toISOString(), place: path }];
      if (days <= FRESH_DAYS) return passed(evidence, { parameters: { days } });
      return failed(evidence, { parameters: { days, most: FRESH_DAYS } });
    }
    return unknown({ ok: false, why: 'absent', detail: '' }, '/var/lib/apt/lists');
  },
};

/** The time of the host that is looked at, which in a recording is not the time of whoever looks. */
async function clockOf(host: HostProbe): Promise<number | undefined> {
  const answer = await host.run('date', ['+%s']);
  const seconds = answer.ok ? Number(answer.value.stdout.trim()) : Number.NaN;
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

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
    const release = await host.read('/proc/sys/kernel/osrelease');
    if (!release.ok) return unknown(release, '/proc/sys/kernel/osrelease');
    const running = release.value.trim();
    const modules = await host.stat(`/lib/modules/${running}`);
    const kernels = await host.list('/lib/modules');
    // A container has no kernel of its own: whether it is the newest is the host's business.
    if (!kernels.ok) return kernels.why === 'absent' ? notApplicable() : unknown(kernels, '/lib/modules');
    if (kernels.value.length === 0) return notApplicable();
    if (modules.ok)
      return passed([{ text: running, place: '/proc/sys/kernel/osrelease' }], {
        parameters: { names: running },
      });
    return failed(
      [{ text: `${running} runs, ${kernels.value.join(', ')} installed`, place: '/lib/modules' }],
      {
        found: 'kernel',
        parameters: { names: running },
      },
    );
  },
};

/**
 * Last day of the vendors' free security support, by os-release's ID and VERSION_ID. Sources: wiki.debian.org/LTS (LTS
 * dates), ubuntu.com/about/release-cycle, access.redhat.com/support/policy/updates/errata, rockylinux.org and
 * almalinux.org life-cycle pages; as of November 2026.
 */
const SUPPORT_ENDS: Record<string, string> = {
  'debian 10': '2024-06-30',
  'debian 11': '2026-08-31',
  'debian 12': '2028-06-30',
  'debian 13': '2030-06-30',
  'ubuntu 18.04': '2023-05-31',
  'ubuntu 20.04': '2025-05-31',
  'ubuntu 22.04': '2027-04-30',
  'ubuntu 24.04': '2029-04-30',
  'ubuntu 26.04': '2031-04-30',
  'rhel 7': '2024-06-30',
  'rhel 8': '2029-05-31',
  'rhel 9': '2032-05-31',
  'rocky 8': '2029-05-31',
  'rocky 9': '2032-05-31',
  'almalinux 8': '2029-03-01',
  'almalinux 9': '2032-05-31',
};

const support: Check = {
  ...common,
  id: 'UPD-04',
  weight: 6,
  severity: 'critical',
  minutes: 120,
  references: ['wiki.debian.org/LTS', 'ubuntu.com/about/release-cycle', 'NIST SP 800-53 SA-22'],
  async look(host) {
    const release = await readOsRelease(host);
    if (!release.ok) return unknown(release, '/etc/os-release');
    const { id, version, name } = release.value;
    const ends = SUPPORT_ENDS[`${id} ${version}`] ?? SUPPORT_ENDS[`${id} ${version.split('.')[0] ?? ''}`];
    if (ends === undefined) return unknown({ ok: false, why: 'absent', detail: name }, 'support dates');
    const now = await clockOf(host);
    if (now === undefined) return unknown({ ok: false, why: 'failed', detail: '' }, 'date');
    const evidence = [{ text: `${name}: until ${ends}`, place: '/etc/os-release' }];
    const parameters = { name, date: ends };
    return now < Date.parse(ends) + DAY_MS
      ? passed(evidence, { parameters })
      : failed(evidence, { parameters });
  },
};

export const updateChecks: readonly Check[] = [pending, lists, restart, support];
