import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsFile } from '../../../src-main/engine/settings/settings-file.ts';

const GPU = { kind: 'command', name: 'GPU', program: 'nvidia-smi', arguments: ['-L'] };
const PORT = { kind: 'port', name: 'FIX', port: 9878 };

let directory: string;
let settings: SettingsFile;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-programs-'));
  writeFileSync(join(directory, 'settings.yaml'), JSON.stringify({ diagnosis: { components: [GPU, PORT] } }));
  settings = new SettingsFile({
    file: join(directory, 'settings.yaml'),
    managedFile: join(directory, 'managed.yaml'),
    overrides: {},
    clock: { now: () => 1_800_000_000_000 },
    onChange: () => undefined,
    record: () => undefined,
  });
});
afterEach(() => {
  settings.close();
  rmSync(directory, { recursive: true });
});

function update(path: string, value: unknown): void {
  settings.update(settings.state().revision, [{ path, value }]);
}

const refused: [string, string, unknown][] = [
  ['another program', 'diagnosis.components', [{ ...GPU, program: 'sh' }]],
  ['other arguments', 'diagnosis.components', [{ ...GPU, arguments: ['-L', '; reboot'] }]],
  ['a program more', 'diagnosis.components', [GPU, PORT, { ...GPU, program: '/bin/sh', name: 'x' }]],
  ['a program through the parent', 'diagnosis', { components: [{ ...GPU, program: 'sh' }] }],
  ['one field of it', 'diagnosis.components.0.program', 'sh'],
  ['one argument of it', 'diagnosis.components.0.arguments.0', '--reset'],
  ['another kind made a program', 'diagnosis.components.1', { ...GPU, program: 'sh' }],
];

describe('Settings changed over the wire', () => {
  it.each(refused)('never name a program to run: %s', (_what, path, value) => {
    const before = readFileSync(join(directory, 'settings.yaml'), 'utf8');
    let kind = 'accepted';
    try {
      update(path, value);
    } catch (error) {
      kind = (error as { failure: { kind: string } }).failure.kind;
    }
    // A path into a list may be refused for itself; what counts is that nothing was written.
    expect(['FORBIDDEN', 'BAD_INPUT']).toContain(kind);
    expect(readFileSync(join(directory, 'settings.yaml'), 'utf8')).toBe(before);
    expect(JSON.stringify(settings.current.diagnosis)).toContain('"nvidia-smi","arguments":["-L"]');
  });

  it('say so as FORBIDDEN, with the file to write it into', () => {
    expect(() => update('diagnosis.components', [{ ...GPU, program: 'sh' }])).toThrow(
      'settings.problem.program',
    );
  });

  it('may switch, rename, weigh and remove what the file names, and add what runs nothing', () => {
    update('diagnosis.components', [{ ...GPU, enabled: false, name: 'Card', weight: 9 }, PORT]);
    expect(settings.current.diagnosis.components[0]).toMatchObject({
      enabled: false,
      weight: 9,
      name: 'Card',
    });
    update('diagnosis.components', [GPU, PORT, { kind: 'tcp', name: 'Feed', host: 'localhost', port: 7000 }]);
    expect(settings.current.diagnosis.components).toHaveLength(3);
    update('diagnosis.components', [PORT]);
    expect(() => update('diagnosis.components', [GPU])).toThrow('settings.problem.program');
  });
});
