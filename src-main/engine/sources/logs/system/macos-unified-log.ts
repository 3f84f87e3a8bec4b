import { basename } from 'node:path';
import { renderLine, textOf, wholeOf, type SystemLog } from './system-log.ts';

export const UNIFIED_LOG = 'unifiedlog';

/** How often the log is asked. `log stream` would give entries at once, but none from before it was started. */
const POLL_MS = 10_000;
/** History read when the log is first seen. */
const FIRST = ['--last', '15m'];
const LEVELS: Readonly<Record<string, number>> = { Fault: 2, Error: 3, Default: 5, Info: 6, Debug: 7 };
/** `2026-11-21 10:00:00.123456+0900` */
const STAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d)(\d\d)$/;

/**
 * The unified log of macOS through `log show`, asked again and again from the last entry on. The cursor is that entry's
 * stamp and how many of this very stamp were taken: `--start` gives those again.
 */
export const macosUnifiedLog: SystemLog = {
  id: UNIFIED_LOG,
  program: '/usr/bin/log',
  pollMs: POLL_MS,
  command(cursor) {
    const match = STAMP.exec(cursor?.split(' +')[0] ?? '');
    // `--start` takes whole seconds in the machine's zone or with one given.
    const from =
      match === null
        ? FIRST
        : ['--start', `${match[1] ?? ''} ${match[2] ?? ''}${match[4] ?? ''}${match[5] ?? ''}`];
    return { arguments: ['show', '--style', 'ndjson', ...from] };
  },
  reader(cursor) {
    const [stamp = '', count = '0'] = (cursor ?? '').split(' +');
    const from = stamp === '' ? Number.NEGATIVE_INFINITY : microseconds(stamp);
    let last = stamp;
    let taken = Number(count);
    /** Of the cursor's stamp, seen again in this run. */
    let seen = 0;
    return (entry) => {
      const time = textOf(entry['timestamp']);
      const message = textOf(entry['eventMessage']);
      if (entry['finished'] === 1) return 'known';
      if (time === undefined || message === undefined || message === '' || !STAMP.test(time))
        return undefined;
      const at = microseconds(time);
      if (at < from) return 'known';
      if (at === from) {
        seen += 1;
        if (seen <= Number(count)) return 'known';
      }
      taken = time === last ? taken + 1 : 1;
      last = time;
      const subsystem = textOf(entry['subsystem']) ?? '';
      const line = renderLine({
        level: LEVELS[textOf(entry['messageType']) ?? ''] ?? 6,
        time: time.replace(STAMP, '$1T$2$3$4:$5'),
        host: 'localhost',
        program: basename(textOf(entry['processImagePath']) ?? ''),
        processId: wholeOf(entry['processID']),
        message: subsystem === '' ? message : `(${subsystem}) ${message}`,
      });
      return { line, cursor: `${last} +${taken}` };
    };
  },
};

function microseconds(stamp: string): number {
  const [, day = '', time = '', fraction = '.0', hours = '', minutes = ''] = STAMP.exec(stamp) ?? [];
  const whole = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return whole * 1000 + Math.round(Number(fraction) * 1e6);
}
