import { LOG_CLASSES } from '../../../src-preload/contract/log-classes.ts';
import { LINES_PER_RUN } from '../flow/line-runs.ts';
import { EVENT, FIELD, FIELD_COUNT, FORMATS, type ParsedBatch } from '../flow/parsed-batch.ts';
import { matchesAt } from './bytes.ts';

const COMBINED = FORMATS.indexOf('combined');

/** Programs whose lines say who got in or did what as whom, by the start of their name. */
const AUDIT_PROGRAMS = [
  'sshd',
  'sudo',
  'su',
  'login',
  'polkit',
  'pkexec',
  'passwd',
  'useradd',
  'usermod',
  'userdel',
  'groupadd',
  'groupmod',
  'groupdel',
  'chpasswd',
  'chage',
  'systemd-logind',
  'gdm-',
  'lightdm',
  'sddm',
  'audit',
  'auditd',
  'audispd',
  'pam_',
  'fail2ban',
  'doas',
  'xrdp',
  'remoting',
  'authd',
  'sssd',
  'krb5kdc',
  'security',
  'screensharingd',
  'loginwindow',
];

/** Files that hold nothing else. */
const AUDIT_PATH =
  /(^|[/\\])(auth\.log|secure|audit\.log|fail2ban\.log|sudo\.log|tallylog|authlog)([-.][^/\\]*)?$/;

/** By the byte a name begins with: most programs are none of these. */
const AUDIT_BY_FIRST_BYTE: readonly string[][] = Array.from({ length: 256 }, (_, byte) =>
  AUDIT_PROGRAMS.filter((name) => name.charCodeAt(0) === (byte | 32)),
);

const ACCESS = LOG_CLASSES.indexOf('access');
const AUDIT = LOG_CLASSES.indexOf('audit');
const APPLICATION = LOG_CLASSES.indexOf('application');

/**
 * Retention class of each line: requests are access, what a sign-in or privilege program says is audit, the rest is
 * application. A class the user set for the source goes before (the caller knows it).
 * @param path file the lines are in
 * @param classes takes an index into LOG_CLASSES per line
 */
export function setClasses(batch: ParsedBatch, path: string, classes: Uint8Array): void {
  const other = AUDIT_PATH.test(path) ? AUDIT : APPLICATION;
  for (let from = 0; from < batch.count; from += LINES_PER_RUN)
    setRun(batch, from, Math.min(batch.count, from + LINES_PER_RUN), other, classes);
}

function setRun(batch: ParsedBatch, from: number, to: number, other: number, classes: Uint8Array): void {
  const { bytes, slices, formats, events } = batch;
  for (let line = from; line < to; line += 1) {
    if (formats[line] === COMBINED || events[line] === EVENT.request) {
      classes[line] = ACCESS;
      continue;
    }
    const slot = (line * FIELD_COUNT + FIELD.program) * 2;
    const start = slices[slot] ?? -1;
    classes[line] = start >= 0 && isAuditProgram(bytes, start, slices[slot + 1] ?? 0) ? AUDIT : other;
  }
}

function isAuditProgram(bytes: Uint8Array, start: number, end: number): boolean {
  const names = AUDIT_BY_FIRST_BYTE[bytes[start] ?? 0] ?? [];
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    // `su` must not take `supervisord` with it, while `gdm-` and `pam_` stand for families.
    if (!matchesAt(bytes, start, end, name)) continue;
    const after = start + name.length;
    const family = name.endsWith('-') || name.endsWith('_');
    if (family || after === end || !isNameByte(bytes[after] ?? 0)) return true;
  }
  return false;
}

function isNameByte(byte: number): boolean {
  const lower = byte | 32;
  return (lower >= 97 && lower <= 122) || byte === 95;
}
