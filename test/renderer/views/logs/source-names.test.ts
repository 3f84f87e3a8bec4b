import { expect, it } from 'vitest';
import type { LogSource } from '../../../../src-preload/contract/log-sources.ts';
import { nameOfFormer, sourceNames } from '../../../../src-renderer/views/logs/source-names.ts';
import { fakeDeskSources } from '../../fake-logs.ts';

function namesOf(...paths: string[]): (string | undefined)[] {
  const [known] = fakeDeskSources();
  if (known === undefined) throw new Error('no source');
  const sources = paths.map((path): LogSource => ({ ...known, kind: 'file', id: path, path }));
  const names = sourceNames(sources);
  return paths.map((path) => names.get(path));
}

it('sources are named by their file, and by its folder where two are alike', () => {
  expect(namesOf('/var/log/nginx/access.log', '/srv/app.log.1')).toEqual(['access', 'app']);
  expect(namesOf('/srv/a/app.log', '/srv/b/app.log')).toEqual(['a/app', 'b/app']);
  expect(nameOfFormer('/srv/app.log')).toBe('app');
});

it('all files of a folder are named by the folder', () => {
  expect(namesOf('/srv/workers/*.log', '/srv/app-*.log', 'C:\\logs\\*')).toEqual([
    'workers/*',
    'app-*',
    'logs/*',
  ]);
  expect(namesOf('/a/logs/*.log', '/b/logs/*.log')).toEqual(['a/logs/*', 'b/logs/*']);
});
