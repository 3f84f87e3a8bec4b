/** One entry as `journalctl -o json` prints it: every value is text, an array of bytes (not UTF-8), or null (too long). */
export type JournalEntry = Readonly<Record<string, unknown>>;

const PRINTABLE_HOST = /^[\w.:-]+$/;

/**
 * The entry as a syslog line with priority and ISO time, as the parser knows it:
 * `<38>2026-11-21T10:00:00.123456Z host sshd[12]: message`. Further lines of the message are indented: they continue it.
 * @returns undefined for an entry without a message
 */
export function renderEntry(entry: JournalEntry): string | undefined {
  const message = textOf(entry['MESSAGE']);
  const microseconds = Number(textOf(entry['__REALTIME_TIMESTAMP']) ?? Number.NaN);
  if (message === undefined || !Number.isSafeInteger(microseconds)) return undefined;
  const lines = message.split(/\r\n|[\n\r]/).map((line, index) => (index === 0 ? line : `\t${line}`));
  return `<${priority(entry)}>${stamp(microseconds)} ${host(entry)} ${tag(entry)}: ${lines.join('\n')}`;
}

/** Facility × 8 + severity; user-level and informational where the entry does not say. */
function priority(entry: JournalEntry): number {
  const severity = digit(textOf(entry['PRIORITY']), 7) ?? 6;
  const facility = digit(textOf(entry['SYSLOG_FACILITY']), 23) ?? 1;
  return facility * 8 + severity;
}

function digit(text: string | undefined, most: number): number | undefined {
  const value = text === undefined || !/^\d{1,2}$/.test(text) ? Number.NaN : Number(text);
  return value <= most ? value : undefined;
}

function stamp(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds % 1_000_000).padStart(6, '0');
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${rest}Z`;
}

function host(entry: JournalEntry): string {
  const name = textOf(entry['_HOSTNAME']) ?? '';
  return PRINTABLE_HOST.test(name) ? name : 'localhost';
}

function tag(entry: JournalEntry): string {
  const name =
    textOf(entry['SYSLOG_IDENTIFIER']) ?? textOf(entry['_COMM']) ?? textOf(entry['_SYSTEMD_UNIT']) ?? '';
  const plain = name.replace(/[^\w./@-]/g, '_').slice(0, 100);
  const process = textOf(entry['_PID']) ?? textOf(entry['SYSLOG_PID']) ?? '';
  return `${plain === '' ? 'journal' : plain}${/^\d+$/.test(process) ? `[${process}]` : ''}`;
}

/** A field may be given several times; the first counts. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const parts: unknown[] = value;
  if (parts.every((part): part is number => typeof part === 'number'))
    return Buffer.from(parts).toString('utf8');
  return textOf(parts[0]);
}
