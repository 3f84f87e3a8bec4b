/** A system's own log that is read through the system's own program, which prints one JSON object a line. */
export interface SystemLog {
  /** Source id, path and file id: there is one on a machine. */
  id: string;
  program: string;
  /** @param cursor where reading was left; undefined at first sight */
  command(cursor: string | undefined): { arguments: string[]; environment?: Record<string, string> };
  /**
   * What reads the program's lines, from the cursor on: an entry as a line of ours, undefined for one without text, `known`
   * for what was taken before or is no entry.
   */
  reader(
    cursor: string | undefined,
  ): (entry: Readonly<Record<string, unknown>>) => SystemEntry | 'known' | undefined;
  /** The program ends by itself and is to be asked again after so many milliseconds; undefined: it stays. */
  pollMs?: number | undefined;
}

export interface SystemEntry {
  /** A syslog line; further lines of the message are indented. */
  line: string;
  cursor: string;
}

/** What becomes a syslog line with priority and ISO time, as the parser knows it. */
export interface LineParts {
  /** RFC 5424, 0–7. */
  level: number;
  /** ISO 8601 with zone. */
  time: string;
  host: string;
  program: string;
  processId: number | undefined;
  message: string;
}

const USER_FACILITY = 8;
const PRINTABLE_HOST = /^[\w.:-]+$/;

export function renderLine({ level, time, host, program, processId, message }: LineParts): string {
  const tag = program.replace(/[^\w./@-]+/g, '_').slice(0, 100) || 'system';
  const process = processId === undefined ? '' : `[${processId}]`;
  const lines = message
    .trim()
    .split(/\r\n|[\n\r]/)
    .map((line, index) => (index === 0 ? line : `\t${line}`));
  const name = PRINTABLE_HOST.test(host) ? host : 'localhost';
  return `<${USER_FACILITY + level}>${time} ${name} ${tag}${process}: ${lines.join('\n')}`;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function wholeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
