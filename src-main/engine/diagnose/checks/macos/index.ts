import type { Check } from '../../check.ts';
import { failed, passed, unknown, unreadable } from '../../verdict.ts';

const CIS = 'CIS Apple macOS Benchmark';

/** A program of the system that says in one sentence whether something is on. */
interface ToolRule extends Pick<Check, 'id' | 'subject' | 'weight' | 'severity' | 'minutes' | 'references'> {
  program: string;
  args: readonly string[];
  on: RegExp;
  off: RegExp;
  /** Switches it on; absent where that is done in the settings. */
  command?: string;
}

function toolCheck({ program, args, on, off, command, ...rule }: ToolRule): Check {
  return {
    ...rule,
    score: 'security',
    async look(host) {
      const place = [program, ...args].join(' ');
      const answer = await host.run(program, args);
      if (!answer.ok) return unknown(answer, place);
      const text = `${answer.value.stdout}${answer.value.stderr}`.trim();
      const evidence = [{ text, place }];
      if (on.test(text)) return passed(evidence);
      if (off.test(text)) return failed(evidence, command === undefined ? {} : { command });
      return unreadable(place, text);
    },
  };
}

/**
 * The checks of macOS: what its own tools tell every user. Never run on macOS by us: tested with output as it is documented
 * (see the fixtures' origin).
 */
export const macosChecks: readonly Check[] = [
  toolCheck({
    id: 'MAC-01',
    subject: 'disk',
    program: '/usr/bin/fdesetup',
    args: ['status'],
    on: /^FileVault is On\./m,
    off: /^FileVault is Off\./m,
    weight: 8,
    severity: 'error',
    minutes: 30,
    references: [CIS, 'fdesetup(8)', 'NIST SP 800-53 SC-28'],
  }),
  toolCheck({
    id: 'MAC-02',
    subject: 'kernel',
    program: '/usr/bin/csrutil',
    args: ['status'],
    on: /status: enabled\b/,
    off: /status: (disabled|unknown)\b/,
    weight: 8,
    severity: 'critical',
    minutes: 15,
    references: [CIS, 'Apple Platform Security: System Integrity Protection'],
  }),
  toolCheck({
    id: 'MAC-03',
    subject: 'services',
    program: '/usr/sbin/spctl',
    args: ['--status'],
    on: /assessments enabled/,
    off: /assessments disabled/,
    weight: 6,
    severity: 'error',
    minutes: 2,
    references: [CIS, 'spctl(8)'],
  }),
  toolCheck({
    id: 'MAC-04',
    subject: 'firewall',
    program: '/usr/libexec/ApplicationFirewall/socketfilterfw',
    args: ['--getglobalstate'],
    on: /Firewall is enabled/,
    off: /Firewall is disabled/,
    command: 'sudo /usr/libexec/ApplicationFirewall/socketfilterfw --setglobalstate on',
    weight: 8,
    severity: 'error',
    minutes: 2,
    references: [CIS, 'NIST SP 800-53 SC-7'],
  }),
  toolCheck({
    id: 'MAC-05',
    subject: 'updates',
    program: '/usr/bin/defaults',
    args: ['read', '/Library/Preferences/com.apple.SoftwareUpdate', 'AutomaticCheckEnabled'],
    // Nothing written: the system's default, which is on.
    on: /^1$|does not exist/,
    off: /^0$/,
    command:
      'sudo defaults write /Library/Preferences/com.apple.SoftwareUpdate AutomaticCheckEnabled -bool true',
    weight: 5,
    severity: 'error',
    minutes: 2,
    references: [CIS, 'NIST SP 800-53 SI-2'],
  }),
  toolCheck({
    id: 'MAC-06',
    subject: 'accounts',
    program: '/usr/bin/defaults',
    args: ['read', '/Library/Preferences/com.apple.loginwindow', 'autoLoginUser'],
    on: /does not exist/,
    off: /^[^\s]+$/,
    weight: 6,
    severity: 'error',
    minutes: 2,
    references: [CIS, 'NIST SP 800-53 IA-2'],
  }),
  toolCheck({
    id: 'MAC-07',
    subject: 'accounts',
    program: '/usr/bin/defaults',
    args: ['read', '/Library/Preferences/com.apple.loginwindow', 'GuestEnabled'],
    on: /^0$|does not exist/,
    off: /^1$/,
    command: 'sudo defaults write /Library/Preferences/com.apple.loginwindow GuestEnabled -bool false',
    weight: 3,
    severity: 'warning',
    minutes: 2,
    references: [CIS],
  }),
];
