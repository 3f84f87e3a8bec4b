import { renderEntry } from '../journal/render.ts';
import { textOf, type SystemLog } from './system-log.ts';

/** The journal's source id, path and file id: it is one, whatever files it lies in. */
export const JOURNAL = 'journald';
/** History read when the journal is first seen. */
const FIRST_ENTRIES = 20_000;

/** The systemd journal through `journalctl`, whose cursor is the position. */
export const journald: SystemLog = {
  id: JOURNAL,
  program: 'journalctl',
  command(cursor) {
    const from =
      cursor === undefined ? [`--lines=${FIRST_ENTRIES}`] : [`--after-cursor=${cursor}`, '--lines=all'];
    return { arguments: ['--follow', '--output=json', '--all', '--quiet', '--no-pager', ...from] };
  },
  reader: () => (entry) => {
    const cursor = textOf(entry['__CURSOR']);
    const line = renderEntry(entry);
    return cursor === undefined || line === undefined ? undefined : { line, cursor };
  },
};
