import type { Check } from '../../check.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import { isContainer } from './container.ts';
import { interfaceCheck, TOGETHER } from './interface-settings.ts';
import { sysctlCheck } from './sysctl.ts';

const KERNEL_DOCS = 'Linux kernel documentation, admin-guide/sysctl/kernel';
const NETWORK_DOCS = 'Linux kernel documentation, networking/ip-sysctl';
const CIS = 'CIS Debian Linux 12 Benchmark';

const settings: readonly Check[] = [
  sysctlCheck({
    id: 'KRN-01',
    names: ['kernel.randomize_va_space'],
    good: (value) => value === 2,
    wanted: '2',
    weight: 5,
    severity: 'error',
    references: [KERNEL_DOCS, CIS, 'NIST SP 800-53 SI-16'],
  }),
  sysctlCheck({
    id: 'KRN-02',
    names: ['kernel.kptr_restrict'],
    good: (value) => value >= 1,
    wanted: '1',
    weight: 2,
    severity: 'warning',
    references: [KERNEL_DOCS],
  }),
  sysctlCheck({
    id: 'KRN-03',
    names: ['kernel.dmesg_restrict'],
    good: (value) => value === 1,
    wanted: '1',
    weight: 2,
    severity: 'warning',
    references: [KERNEL_DOCS],
  }),
  sysctlCheck({
    id: 'KRN-04',
    names: ['kernel.yama.ptrace_scope'],
    good: (value) => value >= 1,
    wanted: '1',
    weight: 2,
    severity: 'warning',
    references: ['Linux kernel documentation, admin-guide/LSM/Yama', CIS],
  }),
  interfaceCheck({
    id: 'KRN-05',
    setting: 'rp_filter',
    inForce: TOGETHER.strictest,
    good: (value) => value >= 1,
    wanted: '1',
    weight: 2,
    severity: 'warning',
    references: [NETWORK_DOCS, CIS, 'RFC 3704'],
  }),
  sysctlCheck({
    id: 'KRN-06',
    names: ['net.ipv4.tcp_syncookies'],
    good: (value) => value >= 1,
    wanted: '1',
    weight: 3,
    severity: 'error',
    references: [NETWORK_DOCS, CIS, 'RFC 4987'],
  }),
  interfaceCheck({
    id: 'KRN-07',
    setting: 'accept_source_route',
    inForce: TOGETHER.both,
    good: (value) => value === 0,
    wanted: '0',
    weight: 2,
    severity: 'warning',
    references: [NETWORK_DOCS, CIS],
  }),
  interfaceCheck({
    id: 'KRN-08',
    setting: 'accept_redirects',
    inForce: TOGETHER.eitherUnlessForwarding,
    good: (value) => value === 0,
    wanted: '0',
    weight: 2,
    severity: 'warning',
    references: [NETWORK_DOCS, CIS],
  }),
  sysctlCheck({
    id: 'KRN-09',
    names: ['fs.suid_dumpable'],
    good: (value) => value === 0,
    wanted: '0',
    weight: 2,
    severity: 'warning',
    references: ['Linux kernel documentation, admin-guide/sysctl/fs', CIS],
  }),
  sysctlCheck({
    id: 'KRN-10',
    names: ['kernel.unprivileged_bpf_disabled'],
    good: (value) => value >= 1,
    wanted: '1',
    weight: 2,
    severity: 'warning',
    references: [KERNEL_DOCS],
  }),
  sysctlCheck({
    id: 'KRN-13',
    names: ['fs.protected_symlinks', 'fs.protected_hardlinks'],
    good: (value) => value === 1,
    wanted: '1',
    weight: 3,
    severity: 'error',
    references: ['Linux kernel documentation, admin-guide/sysctl/fs'],
  }),
];

/** AppArmor or SELinux: one of the two confines programs. */
const mandatoryAccess: Check = {
  id: 'KRN-11',
  subject: 'kernel',
  score: 'security',
  weight: 4,
  severity: 'error',
  minutes: 30,
  references: [CIS, 'NIST SP 800-53 AC-3'],
  async look(host) {
    const selinux = await host.read('/sys/fs/selinux/enforce');
    if (selinux.ok && selinux.value.trim() === '1')
      return passed([{ text: 'SELinux enforcing', place: '/sys/fs/selinux/enforce' }]);
    const apparmor = await host.read('/sys/module/apparmor/parameters/enabled');
    if (apparmor.ok && apparmor.value.trim() === 'Y')
      return passed([{ text: 'AppArmor enabled', place: '/sys/module/apparmor/parameters/enabled' }]);
    if (selinux.ok)
      return failed([{ text: 'SELinux permissive', place: '/sys/fs/selinux/enforce' }], {
        found: 'permissive',
        points: 1,
      });
    const modules = await host.read('/sys/kernel/security/lsm');
    if (!modules.ok && !apparmor.ok && apparmor.why === 'forbidden')
      return unknown(apparmor, '/sys/module/apparmor');
    if (!modules.ok && modules.why === 'forbidden') return unknown(modules, '/sys/kernel/security/lsm');
    // What a container sees of its host's kernel is what the host lets it see.
    if (!modules.ok && (await isContainer(host))) return notApplicable();
    const evidence = modules.ok ? modules.value.trim() : 'neither AppArmor nor SELinux';
    return failed([{ text: evidence, place: '/sys/kernel/security/lsm' }]);
  },
};

const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities';

/** What the kernel itself says about flaws of this processor. */
const processorFlaws: Check = {
  id: 'KRN-12',
  subject: 'kernel',
  score: 'security',
  weight: 4,
  severity: 'error',
  minutes: 30,
  references: ['Linux kernel documentation, admin-guide/hw-vuln'],
  async look(host) {
    const names = await host.list(VULNERABILITIES);
    if (!names.ok) {
      // Processors without any known flaw, and most virtual ones of other kinds, have no such directory.
      return names.why === 'absent' ? notApplicable() : unknown(names, VULNERABILITIES);
    }
    const evidence = [];
    const open: string[] = [];
    for (const name of names.value) {
      const answer = await host.read(`${VULNERABILITIES}/${name}`);
      if (!answer.ok) return unknown(answer, `${VULNERABILITIES}/${name}`);
      const state = answer.value.trim();
      if (!state.startsWith('Vulnerable')) continue;
      open.push(name);
      evidence.push({ text: state, place: `${VULNERABILITIES}/${name}` });
    }
    if (open.length > 0)
      return failed(evidence, { parameters: { count: open.length, names: open.join(', ') } });
    return passed([{ text: names.value.join(', '), place: VULNERABILITIES }], {
      parameters: { count: names.value.length },
    });
  },
};

export const kernelChecks: readonly Check[] = [...settings, mandatoryAccess, processorFlaws];
