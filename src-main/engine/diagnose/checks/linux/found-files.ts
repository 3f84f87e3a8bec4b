import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, passed, unknown, unreadable } from '../../verdict.ts';

const common = { subject: 'permissions', score: 'security' } as const;

/**
 * Paths that find(1) names. Folders it may not enter are left out: what is in them nobody without rights can reach
 * either, which is all these checks ask.
 */
async function found(host: HostProbe, args: readonly string[]): Promise<ProbeAnswer<string[]>> {
  const answer = await host.run('find', args);
  if (!answer.ok) return answer;
  const { exitCode, stdout, stderr } = answer.value;
  const complaints = stderr.split('\n').filter((line) => line !== '');
  const isHarmless = complaints.every((line) => /Permission denied|No such file or directory/.test(line));
  if (exitCode !== 0 && !isHarmless) return { ok: false, why: 'failed', detail: complaints[0] ?? '' };
  return { ok: true, value: stdout.split('\n').filter((line) => line !== '') };
}

/** Programs lie in the first four; in the others nobody expects one with rights of its own. */
const SUID_PLACES = ['/usr/bin', '/usr/sbin', '/usr/local', '/opt', '/tmp', '/var/tmp', '/dev/shm', '/home'];
const SUID = ['-xdev', '-maxdepth', '5', '-type', 'f', '-perm', '/6000'];
/** What the distributions give rights of their own, by name; anything else is asked of the package manager. */
const KNOWN =
  /^\/usr\/s?bin\/(su|sudo|sudoedit|doas|passwd|chsh|chfn|chage|expiry|newgrp|gpasswd|sg|mount|umount|fusermount3?|pkexec|ping6?|crontab|at|ssh-agent|unix_chkpwd|pam_timestamp_check|newuidmap|newgidmap|write(\.ul)?|wall|bsd-write|dotlockfile|mount\.(nfs|cifs)|ntfs-3g|pppd|postdrop|postqueue|exim4|plocate|locate|utempter|userhelper|grub2-set-bootflag|dumpcap|bwrap|screen|ksu|unix2_chkpwd)$/;

const ownRights: Check = {
  ...common,
  id: 'PRM-07',
  weight: 5,
  severity: 'error',
  minutes: 15,
  references: ['CIS Debian Linux 12 Benchmark, 7.1 System File Permissions', 'MITRE ATT&CK T1548.001'],
  async look(host) {
    const files = await found(host, [...SUID_PLACES, ...SUID]);
    if (!files.ok) return unknown(files, 'find');
    const others = files.value.filter((path) => !KNOWN.test(path));
    const owned = await packagedOf(host, others);
    const surprises = others.filter((path) => !owned.has(path));
    const evidence = [{ text: `${files.value.length} with rights of their own`, place: 'find -perm /6000' }];
    if (surprises.length === 0) return passed(evidence, { parameters: { count: files.value.length } });
    return failed(
      surprises.map((place) => ({ text: 'belongs to no package', place })),
      { parameters: { count: surprises.length, paths: surprises.join(', ') } },
    );
  },
};

/** Those of the paths that a package brought. dpkg knows some by the place they had before /bin became /usr/bin. */
async function packagedOf(host: HostProbe, paths: readonly string[]): Promise<Set<string>> {
  const owned = new Set<string>();
  for (const path of paths) {
    const questions: [string, string[]][] = [
      ['dpkg', ['-S', path]],
      ['dpkg', ['-S', path.replace(/^\/usr/, '')]],
      ['rpm', ['-qf', path]],
      ['pacman', ['-Qo', path]],
    ];
    for (const [program, args] of questions) {
      const answer = await host.run(program, args);
      if (answer.ok && answer.value.exitCode === 0) {
        owned.add(path);
        break;
      }
    }
  }
  return owned;
}

const CONFIGURATION = ['/etc', '/usr/local', '/opt'];
const WRITABLE = ['-xdev', '-maxdepth', '6', '-type', 'f', '-perm', '-0002'];

const writable: Check = {
  ...common,
  id: 'PRM-08',
  weight: 6,
  severity: 'critical',
  minutes: 5,
  references: ['CIS Debian Linux 12 Benchmark, 7.1 System File Permissions', 'NIST SP 800-53 CM-5'],
  async look(host) {
    const files = await found(host, [...CONFIGURATION, ...WRITABLE]);
    if (!files.ok) return unknown(files, 'find');
    if (files.value.length === 0)
      return passed([{ text: `none in ${CONFIGURATION.join(', ')}`, place: 'find -perm -0002' }]);
    const safe = files.value.filter((path) => /^[\w./-]+$/.test(path)).slice(0, 10);
    return failed(
      files.value.map((place) => ({ text: 'everybody can write', place })),
      {
        parameters: { count: files.value.length, paths: files.value.slice(0, 5).join(', ') },
        ...(safe.length > 0 ? { command: `chmod o-w ${safe.join(' ')}` } : {}),
      },
    );
  },
};

const LOGIN_DEFS = '/etc/login.defs';
const DEFAULT_PATH = '/sbin:/bin:/usr/sbin:/usr/bin';

/** Where root looks for programs: ENV_SUPATH of login.defs(5), and PATH of /etc/environment, which PAM adds for all. */
const rootPath: Check = {
  ...common,
  id: 'PRM-09',
  weight: 5,
  severity: 'critical',
  minutes: 5,
  references: ['CIS Debian Linux 12 Benchmark, 5.4 User Accounts and Environment', 'login.defs(5)'],
  async look(host) {
    const defs = await host.read(LOGIN_DEFS);
    if (!defs.ok) return unknown(defs, LOGIN_DEFS);
    const environment = await host.read('/etc/environment');
    const paths = [/^ENV_SUPATH\s+(?:PATH=)?(\S+)/m.exec(defs.value)?.[1] ?? DEFAULT_PATH];
    const more = environment.ok ? /^PATH="?([^"\n]+)/m.exec(environment.value)?.[1] : undefined;
    if (more !== undefined) paths.push(more);
    const evidence: CheckEvidence[] = [];
    const open: string[] = [];
    for (const folder of new Set(paths.flatMap((path) => path.split(':')))) {
      // An empty part, and one that does not begin at the root, mean the folder one happens to be in.
      if (!folder.startsWith('/')) {
        evidence.push({ text: `"${folder}" is wherever one stands`, place: LOGIN_DEFS });
        open.push(folder === '' ? '.' : folder);
        continue;
      }
      const file = await host.stat(folder);
      if (!file.ok && file.why !== 'absent') return unknown(file, folder);
      if (!file.ok || file.value.kind === 'link') continue;
      const { mode, owner } = file.value;
      evidence.push({
        text: `${(mode & 0o7777).toString(8).padStart(4, '0')} owner ${owner}`,
        place: folder,
      });
      if (owner !== 0 || (mode & 0o002) !== 0) open.push(folder);
    }
    if (open.length > 0) return failed(evidence, { parameters: { paths: open.join(', ') } });
    return evidence.length > 0
      ? passed(evidence, { parameters: { count: evidence.length } })
      : unreadable(LOGIN_DEFS, paths.join(', '));
  },
};

export const foundFileChecks: readonly Check[] = [ownRights, writable, rootPath];
