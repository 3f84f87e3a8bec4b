import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileToSave, safeFileName, saveFile } from '../../src-main/app/saving.ts';
import { MAX_NAME_LENGTH, MAX_SAVE_BYTES } from '../../src-preload/contract/desktop.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yagura-saving-'));
});
afterEach(() => rm(directory, { recursive: true }));

const bytes = new TextEncoder().encode('%PDF-1.7');

test('what the user chose is written, for its user alone', async () => {
  const path = join(directory, 'chosen.pdf');
  const asked: string[] = [];
  const saved = await saveFile({ suggestedName: 'report.pdf', bytes }, '/home/desk', async (suggestion) => {
    asked.push(suggestion);
    return path;
  });
  expect(saved).toBe(path);
  expect(asked).toEqual(['/home/desk/report.pdf']);
  expect(await readFile(path)).toEqual(Buffer.from(bytes));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('cancelled writes nothing', async () => {
  expect(await saveFile({ suggestedName: 'x', bytes }, directory, async () => null)).toBeNull();
});

test.each([
  ['report.pdf', 'report.pdf'],
  ['セキュリティ報告書 2026-11-21.pdf', 'セキュリティ報告書 2026-11-21.pdf'],
  ['../../.ssh/authorized_keys', 'authorized_keys'],
  ['..\\..\\evil.exe', 'evil.exe'],
  ['.bashrc', 'bashrc'],
  ['a\u0000b:c?.pdf', 'abc.pdf'],
  // What follows the direction mark would be shown in reverse: "fdp.exe" as "exe.pdf".
  ['\u202efdp.exe', 'fdp.exe'],
  ['..', 'yagura'],
  ['', 'yagura'],
])('%j suggests %j', (suggested, name) => {
  expect(safeFileName(suggested)).toBe(name);
});

test('whatever a page suggests names a file in the folder, and keeps its ending where it is too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (suggested) => {
      const name = safeFileName(suggested);
      return (
        name.length > 0 && name.length <= MAX_NAME_LENGTH && !/[/\\\0]/.test(name) && !name.startsWith('.')
      );
    }),
  );
  expect(safeFileName(`${'x'.repeat(500)}.pdf`)).toMatch(/^x+\.pdf$/);
});

test.each([
  ['nothing', undefined],
  ['no bytes', { suggestedName: 'x' }],
  ['text instead of bytes', { suggestedName: 'x', bytes: 'text' }],
  ['a number for a name', { suggestedName: 1, bytes }],
])('%s is refused', (_name, value) => {
  expect(() => fileToSave(value)).toThrow(TypeError);
});

test('more than the limit is refused', () => {
  const large = new Uint8Array(MAX_SAVE_BYTES + 1);
  expect(() => fileToSave({ suggestedName: 'x', bytes: large })).toThrow(RangeError);
  expect(fileToSave({ suggestedName: 'x', bytes: large.subarray(1) }).bytes.byteLength).toBe(MAX_SAVE_BYTES);
});
