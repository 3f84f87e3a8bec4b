import type { LogClass } from '../../../src-preload/contract/log-classes.ts';
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

/**
 * Retention class of a line: requests are access, what a sign-in or privilege program says is audit, the rest is
 * application. A class the user set for the source goes before (the caller knows it).
 * @param path file the line is in
 */
export function classOf(batch: ParsedBatch, line: number, path: string): LogClass {
  if (batch.formats[line] === COMBINED || batch.events[line] === EVENT.request) return 'access';
  const slot = (line * FIELD_COUNT + FIELD.program) * 2;
  const start = batch.slices[slot] ?? -1;
  if (start >= 0 && isAuditProgram(batch.bytes, start, batch.slices[slot + 1] ?? 0)) return 'audit';
  return isAuditPath(path) ? 'audit' : 'application';
}

function isAuditProgram(bytes: Uint8Array, start: number, end: number): boolean {
  for (const name of AUDIT_PROGRAMS) {
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

let lastPath = '';
let lastIsAudit = false;

/** Remembered for the last path: a batch asks once per line. */
function isAuditPath(path: string): boolean {
  if (path !== lastPath) {
    lastIsAudit = AUDIT_PATH.test(path);
    lastPath = path;
  }
  return lastIsAudit;
}
