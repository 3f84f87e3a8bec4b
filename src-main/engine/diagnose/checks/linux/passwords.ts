import type { Check } from '../../check.ts';
import type { HostProbe, ProbeAnswer } from '../../host-probe.ts';
import { failed, passed, unknown } from '../../verdict.ts';

const CIS = 'CIS Debian Linux 12 Benchmark';
const LOGIN_DEFS = '/etc/login.defs';
const PWQUALITY = '/etc/security/pwquality.conf';
const common = { subject: 'passwords', score: 'security' } as const;

/** Keyword and value of each line, `#` begins a comment; the last value counts. */
async function readSettings(host: HostProbe, path: string): Promise<ProbeAnswer<Map<string, string>>> {
  const text = await host.read(path);
  if (!text.ok) return text;
  const settings = new Map<string, string>();
  for (const line of text.value.split('\n')) {
    const [, keyword, value] = /^\s*([A-Za-z_]+)[\s=]+([^\s#]+)/.exec(line) ?? [];
    if (keyword !== undefined && value !== undefined) settings.set(keyword, value);
  }
  return { ok: true, value: settings };
}

/** A keyword of login.defs(5) that must be as `isGood` wants. */
function loginDefs(
  rule: Pick<Check, 'id' | 'weight' | 'severity' | 'references'> & {
    keyword: string;
    fallback: string;
    wanted: string;
    isGood: (value: string) => boolean;
  },
): Check {
  const { keyword, fallback, wanted, isGood, ...check } = rule;
  return {
    ...common,
    ...check,
    minutes: 2,
    async look(host) {
      const settings = await readSettings(host, LOGIN_DEFS);
      if (!settings.ok) return unknown(settings, LOGIN_DEFS);
      const value = settings.value.get(keyword) ?? fallback;
      const evidence = [{ text: `${keyword} ${value}`, place: LOGIN_DEFS }];
      const parameters = { setting: `${keyword} ${value}` };
      if (isGood(value)) return passed(evidence, { parameters });
      return failed(evidence, { parameters, command: `${keyword} ${wanted}` });
    },
  };
}

/** NIST SP 800-63B asks for eight, CIS for fourteen; twelve is what both readers accept with a second factor or a lock. */
const MIN_LENGTH = 12;

const length: Check = {
  ...common,
  id: 'PWD-02',
  weight: 4,
  severity: 'error',
  minutes: 5,
  references: ['pwquality.conf(5)', 'NIST SP 800-63B', CIS],
  async look(host) {
    const settings = await readSettings(host, PWQUALITY);
    if (!settings.ok && settings.why !== 'absent') return unknown(settings, PWQUALITY);
    if (!settings.ok) return failed([{ text: 'not installed', place: PWQUALITY }], { found: 'none' });
    const value = Number(settings.value.get('minlen') ?? 8);
    const evidence = [{ text: `minlen = ${value}`, place: PWQUALITY }];
    if (value >= MIN_LENGTH) return passed(evidence, { parameters: { length: value } });
    return failed(evidence, {
      points: value >= 8 ? 1 : 0,
      parameters: { length: value, wanted: MIN_LENGTH },
      command: `minlen = ${MIN_LENGTH}`,
    });
  },
};

/** Where PAM's sign-in rules stand: Debian's, then the RHEL family's. */
const PAM_FILES = ['/etc/pam.d/common-auth', '/etc/pam.d/system-auth', '/etc/pam.d/password-auth'];

const lockout: Check = {
  ...common,
  id: 'PWD-03',
  weight: 4,
  severity: 'warning',
  minutes: 10,
  references: ['pam_faillock(8)', CIS, 'NIST SP 800-53 AC-7'],
  async look(host) {
    const seen: string[] = [];
    for (const path of PAM_FILES) {
      const text = await host.read(path);
      if (!text.ok && text.why !== 'absent') return unknown(text, path);
      if (!text.ok) continue;
      seen.push(path);
      const at = text.value
        .split('\n')
        .findIndex((line) => /^\s*[^#\s].*\bpam_(faillock|tally2)\.so\b/.test(line));
      if (at >= 0)
        return passed([{ text: text.value.split('\n')[at]?.trim() ?? '', place: `${path}:${at + 1}` }]);
    }
    if (seen.length === 0) return unknown({ ok: false, why: 'absent', detail: '' }, '/etc/pam.d');
    return failed(seen.map((path) => ({ text: 'no pam_faillock', place: path })));
  },
};

export const passwordChecks: readonly Check[] = [
  loginDefs({
    id: 'PWD-01',
    keyword: 'ENCRYPT_METHOD',
    // What shadow-utils falls back to.
    fallback: 'DES',
    wanted: 'YESCRYPT',
    isGood: (value) => /^(yescrypt|sha512|bcrypt)$/i.test(value),
    weight: 5,
    severity: 'error',
    references: ['login.defs(5)', CIS, 'NIST SP 800-63B'],
  }),
  length,
  lockout,
  loginDefs({
    id: 'PWD-04',
    keyword: 'UMASK',
    fallback: '022',
    wanted: '027',
    isGood: (value) => (Number.parseInt(value, 8) & 0o027) === 0o027,
    weight: 2,
    severity: 'warning',
    references: ['login.defs(5)', CIS],
  }),
  loginDefs({
    id: 'PWD-05',
    keyword: 'PASS_MAX_DAYS',
    fallback: '99999',
    wanted: '365',
    isGood: (value) => Number(value) >= 1 && Number(value) <= 365,
    weight: 1,
    severity: 'warning',
    references: ['login.defs(5)', CIS],
  }),
];
