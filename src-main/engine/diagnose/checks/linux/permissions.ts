import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check } from '../../check.ts';
import type { ProbedFile } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';

const CIS = 'CIS Debian Linux 12 Benchmark, 7.1 System File Permissions';

/** Files or directories whose permissions `isGood` judges; those that are not there are left out. */
interface ModeRule extends Pick<Check, 'id' | 'weight' | 'severity' | 'references'> {
  paths: readonly string[];
  isGood: (file: ProbedFile) => boolean;
  /** What mends them: `chmod o-rwx`. */
  mend: string;
}

function modeCheck({ paths, isGood, mend, ...rule }: ModeRule): Check {
  return {
    ...rule,
    subject: 'permissions',
    score: 'security',
    minutes: 1,
    async look(host) {
      const evidence: CheckEvidence[] = [];
      const open: string[] = [];
      for (const path of paths) {
        const file = await host.stat(path);
        if (!file.ok && file.why === 'absent') continue;
        if (!file.ok) return unknown(file, path);
        // A link has everybody's permissions; what it points at is looked at under its own name.
        if (file.value.kind === 'link') continue;
        const mode = (file.value.mode & 0o7777).toString(8).padStart(4, '0');
        evidence.push({ text: `${mode} owner ${file.value.owner}`, place: path });
        if (!isGood(file.value)) open.push(path);
      }
      if (evidence.length === 0) return notApplicable();
      if (open.length === 0) return passed(evidence, { parameters: { count: evidence.length } });
      return failed(evidence, {
        parameters: { paths: open.join(', ') },
        command: `${mend} ${open.join(' ')}`,
      });
    },
  };
}

const ownedByRoot = ({ owner }: ProbedFile): boolean => owner === 0;

export const permissionChecks: readonly Check[] = [
  modeCheck({
    id: 'PRM-01',
    paths: ['/etc/shadow', '/etc/gshadow', '/etc/shadow-', '/etc/gshadow-'],
    isGood: (file) => ownedByRoot(file) && (file.mode & 0o137) === 0,
    mend: 'chmod 640',
    weight: 8,
    severity: 'critical',
    references: [CIS, 'NIST SP 800-53 AC-3'],
  }),
  modeCheck({
    id: 'PRM-02',
    paths: ['/etc/passwd', '/etc/group', '/etc/hosts', '/etc/ld.so.conf'],
    isGood: (file) => ownedByRoot(file) && (file.mode & 0o022) === 0,
    mend: 'chmod 644',
    weight: 8,
    severity: 'critical',
    references: [CIS],
  }),
  modeCheck({
    id: 'PRM-03',
    paths: ['/etc/sudoers', '/etc/sudoers.d'],
    isGood: (file) => ownedByRoot(file) && (file.mode & 0o022) === 0,
    mend: 'chmod go-w',
    weight: 6,
    severity: 'critical',
    references: ['sudoers(5)', 'NIST SP 800-53 AC-6'],
  }),
  modeCheck({
    id: 'PRM-04',
    paths: ['/tmp', '/var/tmp', '/dev/shm'],
    isGood: (file) => (file.mode & 0o002) === 0 || (file.mode & 0o1000) !== 0,
    mend: 'chmod +t',
    weight: 5,
    severity: 'error',
    references: [CIS],
  }),
  modeCheck({
    id: 'PRM-05',
    paths: [
      '/etc/crontab',
      '/etc/cron.d',
      '/etc/cron.hourly',
      '/etc/cron.daily',
      '/etc/cron.weekly',
      '/etc/cron.monthly',
    ],
    isGood: (file) => ownedByRoot(file) && (file.mode & 0o022) === 0,
    mend: 'chmod go-w',
    weight: 4,
    severity: 'error',
    references: ['CIS Debian Linux 12 Benchmark, 2.4 Job Schedulers'],
  }),
  modeCheck({
    id: 'PRM-06',
    paths: [
      '/etc',
      '/usr/bin',
      '/usr/sbin',
      '/usr/lib',
      '/usr/local/bin',
      '/usr/local/sbin',
      '/bin',
      '/sbin',
      '/root',
    ],
    isGood: (file) => ownedByRoot(file) && (file.mode & 0o002) === 0,
    mend: 'chmod o-w',
    weight: 7,
    severity: 'critical',
    references: ['NIST SP 800-53 CM-5'],
  }),
];
