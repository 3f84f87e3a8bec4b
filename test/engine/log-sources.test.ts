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
const states = { files: () => [], reader: () => undefined, received: () => [] };

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
    expect(sources.readers()).toMatchObject([{ id: 'journald', paused: false }]);
  });

  it('the user adds are read whole and kept in the settings', () => {
    sources.add('/srv/desk/../desk/orders.log', 'application', 'Asia/Tokyo');
    expect(sources.files()[0]).toMatchObject({ id: '/srv/desk/orders.log', path: '/srv/desk/orders.log' });
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
    expect(sources.readers()).toEqual([]);
    expect(
      sources
        .list(states)
        .filter((source) => !source.enabled)
        .map((source) => source.path),
    ).toEqual(['/srv/a.log', '/var/log/auth.log', 'journald']);
    sources.setEnabled('/var/log/auth.log', true);
    expect(paths()).toContain('/var/log/auth.log');
  });

  it('of other machines are read apart, and an address that is none is refused', () => {
    const id = sources.add('ssh://ops@desk:2222/var/log/app.log', undefined, undefined, { identity: '/k' });
    expect(sources.readers()).toContainEqual({ id, paused: false, identity: '/k', encoding: undefined });
    expect(paths()).not.toContain(id);
    expect(sources.list(states).find((source) => source.id === id)?.kind).toBe('ssh');
    for (const path of ['ssh://desk', 'ssh://-oX@desk/x', 'ssh://desk/x\u0000'])
      expect(() => sources.add(path)).toThrow(FailureError);
  });

  it('can be paused, which is kept in the settings, and go on', () => {
    sources.setPaused('/var/log/auth.log', true);
    sources.setPaused('journald', true);
    expect(settings.current.logs.paused).toEqual(['/var/log/auth.log', 'journald']);
    expect(sources.files().map((file) => file.paused)).toEqual([true, false]);
    expect(sources.readers()).toMatchObject([{ id: 'journald', paused: true }]);
    sources.setPaused('journald', false);
    expect(sources.readers()).toMatchObject([{ paused: false }]);
    expect(() => sources.setPaused('/nowhere', true)).toThrow(FailureError);
  });

  it('are read as the user says, or as found again; a found one becomes the user’s', () => {
    const nothing = { timeZone: null, year: null, encoding: null };
    sources.setEnabled('/var/log/auth.log', false);
    sources.setReading('/var/log/auth.log', { timeZone: 'Asia/Tokyo', year: 2024, encoding: 'shift_jis' });
    expect(sources.readingOptions('/var/log/auth.log')).toMatchObject({ timeZone: 'Asia/Tokyo', year: 2024 });
    const listed = sources.list(states).find(({ id }) => id === '/var/log/auth.log');
    expect(listed).toMatchObject({
      origin: 'user',
      enabled: false,
      timeZone: 'Asia/Tokyo',
      year: 2024,
      givenEncoding: 'shift_jis',
    });
    sources.setReading('/var/log/auth.log', nothing);
    expect(settings.current.logs.sources).toEqual([{ path: '/var/log/auth.log', enabled: false }]);
    for (const id of ['/nowhere.log', 'journald'])
      expect(() => sources.setReading(id, nothing)).toThrow(FailureError);
  });

  it('tell how far behind they are, in bytes, lines and time', () => {
    const committed = { sourceId: '/var/log/auth.log', lines: 1000, stored: 1000, bytes: 100_000 };
    sources.count({
      type: 'committed',
      job: 1,
      stream: 1,
      end: 100_000,
      newestTime: undefined,
      format: 'syslog',
      findings: [],
      findingsUpTo: 0,
      tail: [],
      tailDropped: 0,
      ...committed,
    });
    const file = {
      id: '/var/log/auth.log',
      path: '/var/log/auth.log',
      kind: 'file' as const,
      files: 1,
      sizeBytes: 2_100_000,
      lagBytes: 2_000_000,
      lastSeenAt: 1,
      reason: undefined,
      lostBytes: 7,
    };
    expect(sources.list({ ...states, files: () => [file] })[0]).toMatchObject({
      lines: 1000,
      linesPerSecond: 100,
      bytesPerSecond: 10_000,
      lagLines: 20_000,
      timeLeftMs: 200_000,
      dropped: 0,
      lostBytes: 7,
    });
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
