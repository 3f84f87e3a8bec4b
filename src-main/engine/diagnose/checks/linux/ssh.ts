import type { CheckEvidence } from '../../../../../src-preload/contract/diagnosis.ts';
import type { Check, CheckVerdict } from '../../check.ts';
import type { HostProbe } from '../../host-probe.ts';
import { failed, notApplicable, passed, unknown } from '../../verdict.ts';
import { SSHD_CONFIG, SshdConfig, type ConditionalSetting } from './sshd-config.ts';

const MANUAL = 'OpenSSH sshd_config(5)';
const CIS = 'CIS Debian Linux 12 Benchmark, 5.1 Configure SSH Server';

/** A setting of sshd that must be as safe as `isGood` wants. */
interface SettingRule extends Pick<Check, 'id' | 'weight' | 'severity' | 'references'> {
  keyword: string;
  /** What sshd does when nothing is set. */
  fallback: string;
  isGood: (value: string) => boolean;
  wanted: string;
  /** Points of a bad value that is not all bad. */
  points?: number;
}

function settingCheck({ keyword, fallback, isGood, wanted, points = 0, ...rule }: SettingRule): Check {
  return {
    ...rule,
    subject: 'ssh',
    score: 'security',
    minutes: 2,
    look: (host) =>
      withConfig(host, (config) => {
        const setting = config.get(keyword) ?? { value: fallback, place: `${SSHD_CONFIG} (default)` };
        const value = setting.value.toLowerCase();
        const evidence = [{ text: `${keyword} ${setting.value}`, place: setting.place }];
        const parameters = { setting: `${keyword} ${setting.value}` };
        if (!isGood(value)) return failed(evidence, { parameters, points, command: `${keyword} ${wanted}` });
        const except = config.conditional(keyword).filter((each) => !isGood(each.value.toLowerCase()));
        return except.length > 0 ? exceptFor(keyword, except, rule.weight) : passed(evidence, { parameters });
      }),
  };
}

/** Safe in general, but not for the connections of a Match: half as bad. */
function exceptFor(keyword: string, except: readonly ConditionalSetting[], weight: number): CheckVerdict {
  const [first] = except;
  return failed(
    except.map(({ value, match, place }) => ({ text: `Match ${match}: ${keyword} ${value}`, place })),
    {
      found: 'match',
      points: Math.floor(weight / 2),
      severity: 'warning',
      parameters: { setting: `${keyword} ${first?.value ?? ''}`, match: first?.match ?? '' },
    },
  );
}

async function withConfig(
  host: HostProbe,
  judge: (config: SshdConfig) => CheckVerdict | Promise<CheckVerdict>,
): Promise<CheckVerdict> {
  const config = await SshdConfig.read(host);
  if (config.ok) return judge(config.value);
  return config.why === 'absent' ? notApplicable() : unknown(config, SSHD_CONFIG);
}

/** Seconds of `2m`, `90`, `1h30m` (TIME FORMATS of sshd_config(5)). */
function seconds(value: string): number {
  const unit: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  let total = 0;
  for (const [, amount = '0', name = ''] of value.matchAll(/(\d+)([smhdw]?)/g))
    total += Number(amount) * (unit[name] ?? 1);
  return total;
}

/** Algorithms nobody should still offer: broken, or with too short a key. */
const WEAK =
  /(^|-|@)(3des|arcfour\d*|blowfish|cast128|rc4|md5)|-cbc|-sha1(-|$|@)|group1-|hmac-sha1|umac-64|ssh-dss|^ssh-rsa($|-cert)/;

const ALGORITHM_LISTS = ['Ciphers', 'MACs', 'KexAlgorithms', 'HostKeyAlgorithms', 'PubkeyAcceptedAlgorithms'];

const algorithms: Check = {
  id: 'SSH-04',
  subject: 'ssh',
  score: 'security',
  weight: 4,
  severity: 'error',
  minutes: 5,
  references: [MANUAL, CIS, 'RFC 8758', 'RFC 9142', 'RFC 8332'],
  look: (host) =>
    withConfig(host, (config) => {
      const evidence = [];
      const weak: string[] = [];
      for (const keyword of ALGORITHM_LISTS) {
        const setting = config.get(keyword);
        // OpenSSH's own lists are safe; a list that begins with `-` only takes away.
        if (setting === undefined || setting.value.startsWith('-')) continue;
        evidence.push({ text: `${keyword} ${setting.value}`, place: setting.place });
        const names = setting.value.toLowerCase().replace(/^[+^]/, '').split(',');
        weak.push(...names.filter((name) => WEAK.test(name.trim())));
      }
      if (weak.length > 0) return failed(evidence, { parameters: { names: weak.join(', ') } });
      return passed(evidence.length > 0 ? evidence : [{ text: 'no algorithms named', place: SSHD_CONFIG }]);
    }),
};

const hostKeys: Check = {
  id: 'SSH-06',
  subject: 'ssh',
  score: 'security',
  weight: 5,
  severity: 'critical',
  minutes: 2,
  references: [CIS, 'NIST SP 800-53 IA-5'],
  async look(host) {
    const names = await host.list('/etc/ssh');
    if (!names.ok) return names.why === 'absent' ? notApplicable() : unknown(names, '/etc/ssh');
    const keys = names.value
      .filter((name) => /^ssh_host_\w+_key$/.test(name))
      .map((name) => `/etc/ssh/${name}`);
    if (keys.length === 0) return notApplicable();
    const evidence = [];
    const open: string[] = [];
    for (const path of keys) {
      const file = await host.stat(path);
      if (!file.ok) return unknown(file, path);
      const { mode, owner } = file.value;
      evidence.push({ text: `${mode.toString(8).padStart(4, '0')} owner ${owner}`, place: path });
      // 0640 with a group of its own is how the RHEL family keeps them.
      if (owner !== 0 || (mode & 0o037) !== 0) open.push(path);
    }
    if (open.length === 0) return passed(evidence, { parameters: { count: keys.length } });
    return failed(evidence, {
      parameters: { path: open[0] ?? '', count: open.length },
      command: `chown root:root ${open.join(' ')} && chmod 600 ${open.join(' ')}`,
    });
  },
};

/** A sign-in that always asks for a key as well: every list of AuthenticationMethods names one. */
function alwaysAsksForKey(config: SshdConfig): boolean {
  const methods = config.get('AuthenticationMethods')?.value.toLowerCase() ?? 'any';
  return methods !== 'any' && methods.split(/\s+/).every((list) => /(^|,)(publickey|hostbased)\b/.test(list));
}

const PASSWORDS_WEIGHT = 9;

/**
 * Passwords are taken by two ways: PasswordAuthentication, and the questions of PAM (KbdInteractiveAuthentication, on by
 * default), which ask for the same password. Closing the first alone closes nothing.
 */
const passwords: Check = {
  id: 'SSH-07',
  subject: 'ssh',
  score: 'security',
  weight: PASSWORDS_WEIGHT,
  severity: 'critical',
  minutes: 5,
  references: [MANUAL, 'NIST SP 800-53 IA-2'],
  look: (host) =>
    withConfig(host, (config) => {
      const on = (keyword: string, fallback: string): boolean =>
        (config.get(keyword)?.value ?? fallback).toLowerCase() === 'yes';
      const told = (keyword: string, fallback: string): CheckEvidence => {
        const { value, place } = config.get(keyword) ?? {
          value: fallback,
          place: `${SSHD_CONFIG} (default)`,
        };
        return { text: `${keyword} ${value}`, place };
      };
      const plain = told('PasswordAuthentication', 'yes');
      const parameters = { setting: plain.text };
      if (alwaysAsksForKey(config)) {
        const methods = told('AuthenticationMethods', 'any');
        return passed([methods, plain], { parameters: { setting: methods.text } });
      }
      if (on('PasswordAuthentication', 'yes'))
        return failed([plain], { parameters, command: 'PasswordAuthentication no' });
      const questions = told('KbdInteractiveAuthentication', 'yes');
      const evidence = [plain, questions, told('UsePAM', 'no')];
      if (on('KbdInteractiveAuthentication', 'yes') && on('UsePAM', 'no'))
        return failed(evidence, {
          found: 'questions',
          points: 2,
          parameters: { setting: questions.text },
          command: 'KbdInteractiveAuthentication no',
        });
      const except = config
        .conditional('PasswordAuthentication')
        .filter(({ value }) => value.toLowerCase() === 'yes');
      if (except.length > 0) return exceptFor('PasswordAuthentication', except, PASSWORDS_WEIGHT);
      return passed(evidence, { parameters });
    }),
};

export const sshChecks: readonly Check[] = [
  settingCheck({
    id: 'SSH-01',
    keyword: 'PermitRootLogin',
    fallback: 'prohibit-password',
    isGood: (value) => value !== 'yes',
    wanted: 'no',
    weight: 6,
    severity: 'error',
    references: [MANUAL, CIS, 'NIST SP 800-53 AC-6'],
  }),
  settingCheck({
    id: 'SSH-02',
    keyword: 'PermitEmptyPasswords',
    fallback: 'no',
    isGood: (value) => value === 'no',
    wanted: 'no',
    weight: 8,
    severity: 'critical',
    references: [MANUAL, CIS],
  }),
  settingCheck({
    id: 'SSH-03',
    keyword: 'MaxAuthTries',
    fallback: '6',
    isGood: (value) => Number(value) <= 4,
    wanted: '4',
    weight: 2,
    points: 1,
    severity: 'warning',
    references: [MANUAL, CIS],
  }),
  algorithms,
  settingCheck({
    id: 'SSH-05',
    keyword: 'X11Forwarding',
    fallback: 'no',
    isGood: (value) => value === 'no',
    wanted: 'no',
    weight: 1,
    severity: 'warning',
    references: [MANUAL, CIS],
  }),
  hostKeys,
  passwords,
  settingCheck({
    id: 'SSH-08',
    keyword: 'LoginGraceTime',
    fallback: '120',
    isGood: (value) => seconds(value) > 0 && seconds(value) <= 60,
    wanted: '60',
    weight: 1,
    severity: 'warning',
    references: [MANUAL, CIS],
  }),
];
