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

/** Debian's and Arch's, then the RHEL family's. */
const PAM_PASSWORD = ['/etc/pam.d/common-password', '/etc/pam.d/system-auth', '/etc/pam.d/passwd'];

/** An argument of a PAM module that sets passwords: its line, where it stands. */
async function passwordModule(
  host: HostProbe,
  module: string,
): Promise<ProbeAnswer<{ text: string; place: string } | undefined>> {
  for (const path of PAM_PASSWORD) {
    const text = await host.read(path);
    if (!text.ok && text.why === 'absent') continue;
    if (!text.ok) return text;
    for (const [index, line] of text.value.split('\n').entries())
      if (/^-?password\s/.test(line.trim()) && line.includes(`${module}.so`))
        return { ok: true, value: { text: line.trim(), place: `${path}:${index + 1}` } };
  }
  return { ok: true, value: undefined };
}

const GOOD_METHOD = /^(yescrypt|gost_yescrypt|sha512|blowfish|bcrypt)$/i;

/** pam_unix takes the method its line names, and ENCRYPT_METHOD of login.defs where it names none: pam_unix(8). */
const hashing: Check = {
  ...common,
  id: 'PWD-01',
  weight: 5,
  severity: 'error',
  minutes: 2,
  references: ['pam_unix(8)', 'login.defs(5)', CIS, 'NIST SP 800-63B'],
  async look(host) {
    const module = await passwordModule(host, 'pam_unix');
    if (!module.ok) return unknown(module, PAM_PASSWORD[0] ?? '');
    const method = /\s(yescrypt|gost_yescrypt|blowfish|sha512|sha256|md5|bigcrypt)\b/.exec(
      module.value?.text ?? '',
    )?.[1];
    if (module.value !== undefined && method !== undefined) {
      const { text, place } = module.value;
      const parameters = { setting: method };
      return GOOD_METHOD.test(method)
        ? passed([{ text, place }], { parameters })
        : failed([{ text, place }], { parameters });
    }
    const settings = await readSettings(host, LOGIN_DEFS);
    if (!settings.ok) return unknown(settings, LOGIN_DEFS);
    // What shadow-utils falls back to.
    const value = settings.value.get('ENCRYPT_METHOD') ?? 'DES';
    const evidence = [{ text: `ENCRYPT_METHOD ${value}`, place: LOGIN_DEFS }];
    const parameters = { setting: `ENCRYPT_METHOD ${value}` };
    if (GOOD_METHOD.test(value)) return passed(evidence, { parameters });
    return failed(evidence, { parameters, command: 'ENCRYPT_METHOD YESCRYPT' });
  },
};

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
    const module = await passwordModule(host, 'pam_pwquality');
    if (!module.ok) return unknown(module, PAM_PASSWORD[0] ?? '');
    const minimum = await minimumOf(host, module.value);
    if (!minimum.ok && minimum.why !== 'absent') return unknown(minimum, PWQUALITY);
    if (!minimum.ok) return failed([{ text: 'not installed', place: PWQUALITY }], { found: 'none' });
    const { value, place } = minimum.value;
    const evidence = [{ text: `minlen = ${value}`, place }];
    if (value >= MIN_LENGTH) return passed(evidence, { parameters: { length: value } });
    return failed(evidence, {
      points: value >= 8 ? 1 : 0,
      parameters: { length: value, wanted: MIN_LENGTH },
      command: `minlen = ${MIN_LENGTH}`,
    });
  },
};

/** The module's own argument goes before the file, later drop-ins before it: pwquality.conf(5). */
async function minimumOf(
  host: HostProbe,
  module: { text: string; place: string } | undefined,
): Promise<ProbeAnswer<{ value: number; place: string }>> {
  const argument = /\sminlen=(\d+)/.exec(module?.text ?? '')?.[1];
  if (module !== undefined && argument !== undefined)
    return { ok: true, value: { value: Number(argument), place: module.place } };
  const main = await readSettings(host, PWQUALITY);
  if (!main.ok) return main;
  let minimum = { value: Number(main.value.get('minlen') ?? 8), place: PWQUALITY };
  const names = await host.list(`${PWQUALITY}.d`);
  if (!names.ok && names.why !== 'absent') return names;
  for (const name of names.ok ? names.value.filter((each) => each.endsWith('.conf')) : []) {
    const path = `${PWQUALITY}.d/${name}`;
    const settings = await readSettings(host, path);
    if (!settings.ok) return settings;
    const own = settings.value.get('minlen');
    if (own !== undefined) minimum = { value: Number(own), place: path };
  }
  return { ok: true, value: minimum };
}

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
  hashing,
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
