import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SettingsState } from '../../../src-preload/contract/settings.ts';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';
import { SettingsFile, type SettingsChange } from '../../../src-main/engine/settings/settings-file.ts';

let directory: string;
let file: string;
let managedFile: string;
let states: SettingsState[];
let recorded: SettingsChange[];
let open: SettingsFile[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-settings-'));
  file = join(directory, 'settings.yaml');
  managedFile = join(directory, 'managed.yaml');
  states = [];
  recorded = [];
  open = [];
});

afterEach(() => {
  for (const settings of open) settings.close();
  rmSync(directory, { recursive: true });
});

function settings(overrides: Record<string, unknown> = {}): SettingsFile {
  const made = new SettingsFile({
    file,
    managedFile,
    overrides,
    clock: { now: () => 1_800_000_000_000 },
    onChange: (state) => states.push(state),
    record: (changes) => recorded.push(...changes),
  });
  open.push(made);
  return made;
}

function refusal(act: () => unknown): FailureError['failure'] {
  try {
    act();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('It was not refused');
}

describe('Settings', () => {
  it('are all defaults, without any file', () => {
    const state = settings().state();
    expect(state.problems).toEqual([]);
    expect(state.settings.metrics.interval).toBe(5);
    expect(state.settings.retention.access.days).toBe(90);
  });

  it('let the command line win over the user and the user over the managed file', () => {
    writeFileSync(
      managedFile,
      'metrics: {interval: 10}\nretention: {access: {days: 60, maxBytes: 2000000}}\ndisplay: {theme: light}\n',
    );
    writeFileSync(file, 'metrics:\n  interval: 20\ndisplay:\n  language: ja\n');
    const made = settings({ 'display.language': 'en' });
    expect(made.current.metrics.interval).toBe(20);
    expect(made.current.retention.access.days).toBe(60);
    expect(made.current.display).toEqual({ theme: 'light', language: 'en' });
    expect(made.state().locked).toEqual(['display.language']);
  });

  it('name file, line and field, with a value out of range', () => {
    writeFileSync(file, '# mine\nmetrics:\n  # seconds\n  interval: 900\n');
    expect(settings().state().problems).toMatchObject([{ file, line: 4, field: 'metrics.interval' }]);
  });

  it('name file, line and field, with an unknown field', () => {
    writeFileSync(file, 'display:\n  theme: dark\n  colour: red\n');
    expect(settings().state().problems).toMatchObject([
      { file, line: 3, field: 'display.colour', message: { key: 'settings.problem.unknownField' } },
    ]);
  });

  it('name the line, with broken YAML, and keep defaults', () => {
    writeFileSync(file, 'display:\n  theme: "dark\n');
    const state = settings().state();
    expect(state.problems[0]).toMatchObject({ file, message: { key: 'settings.problem.yaml' } });
    expect(state.problems[0]?.line).toBeGreaterThanOrEqual(2);
    expect(state.settings.display.theme).toBe('dark');
  });

  it('name file, line and field, with a masking rule whose pattern can’t be used', () => {
    writeFileSync(file, 'masking:\n  rules:\n    - {kind: pattern, name: a, pattern: "(x"}\n');
    const made = settings();
    expect(made.state().problems).toMatchObject([
      { file, line: 3, field: 'masking.rules.0.pattern', message: { key: 'masking.fault.syntax' } },
    ]);
    expect(made.current.masking.rules).toEqual([]);
    writeFileSync(file, '');
    const fresh = settings();
    const rules = [{ kind: 'pattern', name: 'a', pattern: 'x*' }];
    expect(
      refusal(() => fresh.update(fresh.state().revision, [{ path: 'masking.rules', value: rules }])),
    ).toMatchObject({
      kind: 'BAD_INPUT',
      field: 'masking.rules.0.pattern',
      message: { key: 'masking.fault.empty' },
    });
  });

  it('refuse a list in place of the map', () => {
    writeFileSync(file, '- a\n- b\n');
    expect(settings().state().problems).toMatchObject([
      { line: 1, message: { key: 'settings.problem.notAMap' } },
    ]);
  });

  it('are written back with every comment kept, when changed on screen', () => {
    writeFileSync(
      file,
      '# desk 3\ndisplay:\n  theme: dark # easier at night\n\n# keep long\nretention:\n  access: { days: 60, maxBytes: 2000000 }\n',
    );
    const made = settings();
    const state = made.update(made.state().revision, [
      { path: 'retention.access.days', value: 90 },
      { path: 'detection.allowlist', value: ['192.0.2.0/24'] },
    ]);
    expect(state.settings.retention.access.days).toBe(90);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# desk 3');
    expect(text).toContain('theme: dark # easier at night');
    expect(text).toContain('# keep long');
    expect(text).toContain('days: 90');
    expect(settings().current.detection.allowlist).toEqual(['192.0.2.0/24']);
    expect(recorded).toMatchObject(
      [
        { path: 'detection.allowlist', before: [], after: ['192.0.2.0/24'], by: 'operator' },
        { path: 'retention.access.days', before: 60, after: 90, by: 'operator' },
      ].sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
  });

  it('refuse a change with its field and leave the file alone, when the value is wrong', () => {
    writeFileSync(file, 'metrics:\n  interval: 7\n');
    const made = settings();
    const refused = refusal(() =>
      made.update(made.state().revision, [{ path: 'metrics.interval', value: 0 }]),
    );
    expect(refused).toMatchObject({ kind: 'BAD_INPUT', field: 'metrics.interval' });
    expect(readFileSync(file, 'utf8')).toBe('metrics:\n  interval: 7\n');
    expect(made.current.metrics.interval).toBe(7);
  });

  it('refuse a change made on an older revision', () => {
    const made = settings();
    const { revision } = made.state();
    made.update(revision, [{ path: 'metrics.interval', value: 6 }]);
    expect(refusal(() => made.update(revision, [{ path: 'metrics.interval', value: 7 }])).kind).toBe(
      'CONFLICT',
    );
  });

  it('refuse a change of a field fixed on the command line, or of the map around it', () => {
    const made = settings({ 'display.theme': 'light' });
    const { revision } = made.state();
    expect(refusal(() => made.update(revision, [{ path: 'display.theme', value: 'dark' }])).kind).toBe(
      'FORBIDDEN',
    );
    expect(refusal(() => made.update(revision, [{ path: 'display', value: {} }])).kind).toBe('FORBIDDEN');
  });

  it('refuse to write over a file that is damaged', () => {
    writeFileSync(file, 'display: [\n');
    const made = settings();
    expect(
      refusal(() => made.update(made.state().revision, [{ path: 'metrics.interval', value: 6 }])).kind,
    ).toBe('CONFLICT');
    expect(readFileSync(file, 'utf8')).toBe('display: [\n');
  });

  it('follow the file, when an editor replaces it by renaming, and keep the last good ones, when it is then broken', async () => {
    writeFileSync(file, 'metrics: {interval: 7}\n');
    const made = settings();
    made.watch();
    writeFileSync(`${file}~`, 'metrics: {interval: 9}\n');
    renameSync(`${file}~`, file);
    await expect.poll(() => made.current.metrics.interval, { timeout: 10_000 }).toBe(9);
    expect(recorded).toMatchObject([{ path: 'metrics.interval', before: 7, after: 9, by: 'file' }]);
    writeFileSync(file, 'metrics: {interval: nine}\n');
    await expect.poll(() => made.state().problems.length, { timeout: 10_000 }).toBe(1);
    expect(made.current.metrics.interval).toBe(9);
    expect(states.at(-1)?.problems).toHaveLength(1);
  });

  it('do not let a file reach the prototype, with a __proto__ key', () => {
    writeFileSync(file, '__proto__:\n  polluted: true\n');
    const state = settings().state();
    expect(state.problems).toHaveLength(1);
    expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted');
  });
});
