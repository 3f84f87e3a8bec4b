import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailureError } from '../../src-main/engine/flow/failure.ts';
import { LogSources } from '../../src-main/engine/log-sources.ts';
import { SettingsFile } from '../../src-main/engine/settings/settings-file.ts';

let directory: string;
let settings: SettingsFile;
let sources: LogSources;
const states = { files: () => [], journal: () => undefined, received: () => [] };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-sources-'));
  settings = new SettingsFile({
    file: join(directory, 'settings.yaml'),
    managedFile: join(directory, 'managed.yaml'),
    overrides: {},
    clock: { now: () => 1_800_000_000_000 },
    onChange: () => undefined,
    record: () => undefined,
  });
  sources = new LogSources(settings);
  sources.setFound([
    { path: '/var/log/auth.log', readable: true },
    { path: '/var/log/nginx/*.log', readable: true },
    { path: 'journald', readable: true },
  ]);
});

afterEach(() => {
  settings.close();
  rmSync(directory, { recursive: true });
});

const paths = (): string[] => sources.files().map((file) => file.path);

describe('Log sources', () => {
  it('are those found, with bounded history, and the journal apart', () => {
    expect(paths()).toEqual(['/var/log/auth.log', '/var/log/nginx/*.log']);
    expect(sources.files()[0]?.historyBytes).toBe(50_000_000);
    expect(sources.readsJournal).toBe(true);
  });

  it('the user adds are read whole and kept in the settings', () => {
    sources.add('/srv/desk/../desk/orders.log', 'application', 'Asia/Tokyo');
    expect(sources.files()[0]).toEqual({ id: '/srv/desk/orders.log', path: '/srv/desk/orders.log' });
    expect(settings.current.logs.sources).toEqual([
      { path: '/srv/desk/orders.log', class: 'application', timeZone: 'Asia/Tokyo', enabled: true },
    ]);
    expect(sources.readingOptions('/srv/desk/orders.log')).toMatchObject({
      timeZone: 'Asia/Tokyo',
      logClass: 'application',
    });
  });

  it('refuse a relative path and one that is there already, naming the field', () => {
    sources.add('/srv/a.log', undefined, undefined);
    for (const path of ['a.log', '/srv/a.log']) {
      expect(() => sources.add(path, undefined, undefined)).toThrow(FailureError);
    }
  });

  it('can be switched off and on again, found ones and the user’s', () => {
    sources.add('/srv/a.log', undefined, undefined);
    sources.setEnabled('/var/log/auth.log', false);
    sources.setEnabled('/srv/a.log', false);
    sources.setEnabled('journald', false);
    expect(paths()).toEqual(['/var/log/nginx/*.log']);
    expect(sources.readsJournal).toBe(false);
    expect(
      sources
        .list(states)
        .filter((source) => !source.enabled)
        .map((source) => source.path),
    ).toEqual(['/srv/a.log', '/var/log/auth.log', 'journald']);
    sources.setEnabled('/var/log/auth.log', true);
    expect(paths()).toContain('/var/log/auth.log');
  });

  it('are only the user’s, when discovery is off', () => {
    settings.update(settings.state().revision, [{ path: 'logs.discover', value: false }]);
    expect(paths()).toEqual([]);
    expect(sources.watchesAny).toBe(false);
  });

  it('the user removes are gone, and what was found can’t be removed', () => {
    sources.add('/srv/a.log', undefined, undefined);
    sources.remove('/srv/a.log');
    expect(paths()).not.toContain('/srv/a.log');
    expect(() => sources.remove('/var/log/auth.log')).toThrow(FailureError);
  });
});
