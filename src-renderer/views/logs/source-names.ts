import type { LogSource } from '../../../src-preload/contract/log-sources.ts';

/** What the receiver takes, by protocol. */
const RECEIVED: ReadonlyMap<string, string> = new Map([
  ['receiver:syslogUdp', 'syslog UDP'],
  ['receiver:syslogTcp', 'syslog TCP'],
  ['receiver:syslogTls', 'syslog TLS'],
  ['receiver:http', 'HTTP'],
  ['receiver:otlp', 'OTLP'],
]);

/** `/var/log/nginx/access.log.1` → `access`; the journal keeps its name. */
function baseName(source: Pick<LogSource, 'kind' | 'id' | 'path'>): string {
  if (source.kind === 'journal' || source.kind === 'system') return source.path;
  if (source.kind === 'receiver') return RECEIVED.get(source.id) ?? source.path;
  const [file = source.path, folder = ''] = source.path.split(/[\\/]/).toReversed();
  const name = file.replace(/(\.(log|txt|json|jsonl|gz|\d+))+$/i, '') || file;
  // `*` names nothing: of all files of a folder, the folder does.
  return /^[*?.]+$/.test(name) && folder !== '' ? `${folder}/${name}` : name;
}

/** Of a line whose source is read no more, or was taken in by the terminal: its path is its id. */
export function nameOfFormer(sourceId: string): string {
  return baseName({ kind: 'file', id: sourceId, path: sourceId });
}

/** Short name of every source by id; where two would be alike, their folders tell them apart. */
export function sourceNames(sources: readonly LogSource[]): Map<string, string> {
  const owners = new Map<string, number>();
  for (const source of sources) {
    const name = baseName(source);
    owners.set(name, (owners.get(name) ?? 0) + 1);
  }
  return new Map(
    sources.map((source) => {
      const name = baseName(source);
      // One folder more than the name has already.
      const folder = source.path.split(/[\\/]/).at(-1 - name.split('/').length) ?? '';
      return [source.id, (owners.get(name) ?? 0) > 1 && folder !== '' ? `${folder}/${name}` : name];
    }),
  );
}
