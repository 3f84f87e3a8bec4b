import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArchiveKey, fingerprintOf, readKeyFile, writeKeyFile } from '../../src-main/engine/archive-key.ts';
import type { HostClient } from '../../src-main/engine/api/server/host-services.ts';
import { copyKeyFile } from '../../src-main/engine/copy-key-file.ts';
import type { AuditRecord } from '../../src-main/engine/flow/audit-trail.ts';
import { FailureError } from '../../src-main/engine/flow/failure.ts';

const KEY = 'ab'.repeat(32);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-key-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Key of the words that a call is refused with. */
async function refusal(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof FailureError) return error.failure.message.key;
    throw error;
  }
  throw new Error('It was not refused');
}

/** A keychain; `held` is what it knows. */
function keyOver(held: Map<string, string>, keyFile = '') {
  const records: AuditRecord[] = [];
  const refused = (): never => {
    throw new Error('Not asked for.');
  };
  const client = {
    notify: refused,
    secrets: {
      get: ({ name }: { name: string }) => Promise.resolve({ value: held.get(name) ?? null }),
      set: ({ name, value }: { name: string; value: string }) => {
        held.set(name, value);
        return Promise.resolve({ protectedBy: 'keychain' as const });
      },
    },
  };
  const key = new ArchiveKey({
    host: {
      ask: <Answer>(call: (host: HostClient, signal: AbortSignal) => Promise<Answer>) =>
        call(client, new AbortController().signal),
    },
    audit: { record: (record) => void records.push(record), head: () => ({ number: 0, hash: '' }) },
    keyFile: () => keyFile,
  });
  return { key, records };
}

describe('the key of archives', () => {
  test('is made once, even when it is asked for twice at the same time', async () => {
    const held = new Map<string, string>();
    const { key } = keyOver(held);
    const [first, second] = await Promise.all([key.get(), key.get()]);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(await key.get()).toBe(first);
    expect(held.get('archive.key')).toBe(first);
  });

  test('is that of the configured file where there is one', async () => {
    const file = join(directory, 'key');
    writeKeyFile(file, KEY, false);
    const held = new Map<string, string>();
    expect(await keyOver(held, file).key.get()).toBe(KEY);
    expect(held.size).toBe(0);
  });

  test('is saved for its owner alone, and recorded without being given away', async () => {
    const { key, records } = keyOver(new Map([['archive.key', KEY]]));
    const path = join(directory, 'copy');
    writeFileSync(path, 'older, readable by all', { mode: 0o644 });
    expect(await refusal(() => key.save(path, false))).toBe('archive.fault.exists');
    expect(await key.save(path, true)).toEqual({ path, fingerprint: fingerprintOf(KEY) });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readKeyFile(path)).toBe(KEY);
    expect(records).toMatchObject([{ actor: 'operator', action: 'archiveKeySaved', subject: path }]);
    expect(JSON.stringify(records)).not.toContain(KEY);
  });

  test('is saved nowhere where the place can’t be written, and then not recorded', async () => {
    const { key, records } = keyOver(new Map([['archive.key', KEY]]));
    expect(await refusal(() => key.save(join(directory, 'absent', 'copy'), true))).toBe(
      'archive.fault.keyNotWritten',
    );
    expect(await refusal(() => key.save('copy', true))).toBe('archive.fault.keyPath');
    expect(records).toEqual([]);
  });
});

describe('a key file', () => {
  test.each([0o640, 0o604, 0o660, 0o601])('that others may touch (%o) is refused', async (mode) => {
    const file = join(directory, 'key');
    writeKeyFile(file, KEY, false);
    chmodSync(file, mode);
    expect(await refusal(() => readKeyFile(file))).toBe('archive.problem.keyReadable');
  });

  test.each(['', 'abcd', `${KEY}00`, 'zz'.repeat(32), KEY.repeat(100)])(
    'without a key in it is refused (%#)',
    async (content) => {
      const file = join(directory, 'key');
      writeFileSync(file, content, { mode: 0o600 });
      expect(await refusal(() => readKeyFile(file))).toBe('archive.problem.keyMalformed');
    },
  );

  test('that is missing says so', async () => {
    expect(await refusal(() => readKeyFile(join(directory, 'key')))).toBe('archive.problem.keyMissing');
  });

  test('is copied without an engine where the settings name it; else the keychain would be needed', async () => {
    const file = join(directory, 'key');
    const none = join(directory, 'managed.yaml');
    writeKeyFile(file, KEY, false);
    const copy = join(directory, 'copy');
    expect(await refusal(() => copyKeyFile(copy, directory, none))).toBe('archive.fault.noEngine');
    writeFileSync(join(directory, 'settings.yaml'), `retention: {archive: {keyFile: "${file}"}}\n`);
    expect(copyKeyFile(copy, directory, none).fingerprint).toBe(fingerprintOf(KEY));
    expect(readFileSync(copy, 'utf8')).toBe(`${KEY}\n`);
  });
});
