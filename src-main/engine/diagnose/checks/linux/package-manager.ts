import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import type { OsRelease } from './os-release.ts';

/** Updates that the machine knows of and has not installed. Asked without fetching anything. */
export interface PendingUpdates {
  /** Names of all packages. */
  all: string[];
  /** Those that mend a flaw; undefined where the system does not tell. */
  security: string[] | undefined;
  /** What was asked, as a place of evidence. */
  place: string;
  /** Installs them. */
  command: string;
}

/** `noLists`: nothing was ever fetched that the installed packages could be compared with. */
export type PendingAnswer = ProbeAnswer<PendingUpdates> | 'noLists';

/** Asks the package manager of the system's family; undefined when it is none of those known. */
export function pendingUpdates(host: HostProbe, { family }: OsRelease): Promise<PendingAnswer> | undefined {
  if (family.includes('debian')) return apt(host);
  if (family.includes('fedora') || family.includes('rhel')) return dnf(host);
  if (family.includes('arch')) return pacman(host);
  return undefined;
}

/** `-s` simulates: nothing is fetched and nothing changed. `dist-upgrade` counts new kernels too, which `upgrade` holds back. */
const APT = ['-s', '-o', 'Debug::NoLocking=true', 'dist-upgrade'];

async function apt(host: HostProbe): Promise<PendingAnswer> {
  if (!(await holds(host, '/var/lib/apt/lists', /_Packages(\.\w+)?$/))) return 'noLists';
  const answer = await output(host, 'apt-get', APT);
  if (!answer.ok) return answer;
  // Inst openssl [3.0.15-1] (3.0.17-1 Debian-Security:12/stable-security [amd64])
  const lines = answer.value.split('\n').filter((line) => line.startsWith('Inst '));
  const nameOf = (line: string): string => line.split(' ')[1] ?? '';
  return {
    ok: true,
    value: {
      all: lines.map(nameOf),
      security: lines.filter((line) => /\([^)]*security[^)]*\)/i.test(line)).map(nameOf),
      place: 'apt-get -s dist-upgrade',
      command: 'apt-get update && apt-get dist-upgrade',
    },
  };
}

/** `-C`: from what was fetched before, never from the network. */
const DNF_SECURITY = ['-C', '-q', 'updateinfo', 'list', '--security'];
const DNF_ALL = ['-C', '-q', 'check-update'];
/** Exit code of check-update when there are updates: dnf(8). */
const UPDATES_AVAILABLE = 100;

async function dnf(host: HostProbe): Promise<PendingAnswer> {
  const advisories = await output(host, 'dnf', DNF_SECURITY);
  if (!advisories.ok) return advisories;
  const all = await output(host, 'dnf', DNF_ALL, UPDATES_AVAILABLE);
  if (!all.ok) return all;
  // FEDORA-2026-1a2b3c Important/Sec. openssl-1:3.2.4-1.fc42.x86_64
  const packages = advisories.value.match(/\S+-\d\S*\.(x86_64|noarch|aarch64|i686|ppc64le|s390x)\b/g) ?? [];
  // openssl.x86_64 1:3.2.4-1.fc42 updates
  const rows = all.value.split('\n').filter((line) => /^\S+\.\w+\s+\S+\s+\S+\s*$/.test(line));
  return {
    ok: true,
    value: {
      all: rows.map((line) => line.split(/\s+/)[0] ?? ''),
      security: [...new Set(packages)],
      place: 'dnf -C updateinfo list --security',
      command: 'dnf upgrade --refresh',
    },
  };
}

async function pacman(host: HostProbe): Promise<PendingAnswer> {
  if (!(await holds(host, '/var/lib/pacman/sync', /\.db$/))) return 'noLists';
  // Exit code 1 without a line: nothing to update (pacman(8)).
  const answer = await output(host, 'pacman', ['-Qu'], 1);
  if (!answer.ok) return answer;
  const all = answer.value.split('\n').flatMap((line) => line.split(' ')[0] || []);
  return { ok: true, value: { all, security: undefined, place: 'pacman -Qu', command: 'pacman -Syu' } };
}

async function holds(host: HostProbe, folder: string, name: RegExp): Promise<boolean> {
  const names = await host.list(folder);
  // What may not be listed may still be there: the package manager then tells.
  return names.ok ? names.value.some((each) => name.test(each)) : names.why !== 'absent';
}

async function output(
  host: HostProbe,
  program: string,
  args: readonly string[],
  alsoFine = 0,
): Promise<ProbeAnswer<string>> {
  const answer = await host.run(program, args);
  if (!answer.ok) return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode === 0 || (exitCode === alsoFine && stderr.trim() === '')) return { ok: true, value: stdout };
  return { ok: false, why: 'failed', detail: stderr.trim() };
}
