import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import {
  MANIFEST,
  pack,
  unpack,
  type BundleFile,
} from '../../../../src-main/engine/diagnose/bundle/archive.ts';
import { decrypt, encrypt, isEncrypted } from '../../../../src-main/engine/diagnose/bundle/encryption.ts';

const ABOUT = { version: '0.1.0', createdAt: 1_790_000_000_000, host: 'host-1', range: { from: 1, to: 2 } };
const FILES: BundleFile[] = [
  { name: 'findings.jsonl', content: Buffer.from('{"id":"約定"}\n'), items: 1, leftOut: 0 },
  { name: 'logs.jsonl', content: Buffer.from('x\n'.repeat(50_000)), items: 50_000, leftOut: 7 },
];

describe('A bundle', () => {
  test('packed and unpacked, holds the same bytes and says what they are', async () => {
    const { bytes, manifest } = await pack(FILES, ABOUT);
    const unpacked = unpack(bytes);
    expect(unpacked.ok && unpacked.manifest).toEqual(manifest);
    expect(manifest).toMatchObject({
      ...ABOUT,
      format: 1,
      files: [{ items: 1 }, { items: 50_000, leftOut: 7 }],
    });
    for (const { name, content } of FILES)
      expect(unpacked.ok && Buffer.from(unpacked.files.get(name)!).equals(content)).toBe(true);
  });

  test('packed twice, is the same bytes', async () => {
    const [one, two] = [await pack(FILES, ABOUT), await pack(FILES, ABOUT)];
    expect(Buffer.from(one.bytes).equals(two.bytes)).toBe(true);
  });

  test('with a changed file, is damaged and says which', async () => {
    const { manifest } = await pack(FILES, ABOUT);
    const forged = zipSync({
      [MANIFEST]: Buffer.from(JSON.stringify(manifest)),
      'findings.jsonl': Buffer.from('{"id":"forged"}\n'),
      'logs.jsonl': FILES[1]!.content,
    });
    expect(unpack(forged)).toEqual({ ok: false, fault: { kind: 'damaged', name: 'findings.jsonl' } });
  });

  test('without a file it names, is damaged', async () => {
    const { manifest } = await pack(FILES, ABOUT);
    const forged = zipSync({ [MANIFEST]: Buffer.from(JSON.stringify(manifest)) });
    expect(unpack(forged)).toMatchObject({ fault: { kind: 'damaged' } });
  });

  test('of a newer format, says so', async () => {
    const { manifest } = await pack([], ABOUT);
    const newer = zipSync({ [MANIFEST]: Buffer.from(JSON.stringify({ ...manifest, format: 2 })) });
    expect(unpack(newer)).toEqual({ ok: false, fault: { kind: 'newer', format: 2 } });
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('hello')],
    ['a zip of something else', zipSync({ 'a.txt': Buffer.from('a') })],
    ['a manifest that is no JSON', zipSync({ [MANIFEST]: Buffer.from('{') })],
    [
      'a manifest with a path as a name',
      zipSync({
        [MANIFEST]: Buffer.from(
          JSON.stringify({
            ...ABOUT,
            format: 1,
            files: [{ name: '../../x.jsonl', bytes: 1, sha256: 'a'.repeat(64), items: 1, leftOut: 0 }],
          }),
        ),
      }),
    ],
  ])('that is %s, is none', (_what, bytes) => {
    expect(unpack(bytes)).toEqual({ ok: false, fault: { kind: 'noBundle' } });
  });

  test('cut off at any place, is never taken for whole', async () => {
    const { bytes } = await pack(FILES, ABOUT);
    for (let length = 0; length < bytes.length; length += 97)
      expect(unpack(bytes.subarray(0, length)).ok).toBe(false);
  });

  test('that claims to be more than a gigabyte, is not unpacked', () => {
    const bomb = Buffer.from(zipSync({ 'a.txt': new Uint8Array(1000) }));
    // The central directory's uncompressed size.
    bomb.writeUInt32LE(0xfffffff0, bomb.lastIndexOf(Buffer.from('PK\u0001\u0002')) + 24);
    expect(unpack(bomb)).toEqual({ ok: false, fault: { kind: 'tooLarge' } });
  });
});

describe('An encrypted bundle', () => {
  test('opens with its passphrase in any normal form, and with no other', async () => {
    const content = Buffer.from('約定 '.repeat(1000));
    const file = await encrypt(content, 'パスワードé');
    expect(isEncrypted(file)).toBe(true);
    expect(isEncrypted(content)).toBe(false);
    expect(file.includes(Buffer.from('約定'))).toBe(false);
    expect((await decrypt(file, 'パスワードé'.normalize('NFD')))?.equals(content)).toBe(true);
    expect(await decrypt(file, 'パスワードe')).toBeUndefined();
  });

  test('with one byte changed anywhere, does not open', async () => {
    const file = await encrypt(Buffer.from('content'), 'passphrase');
    for (const at of [20, 40, file.length - 20, file.length - 1]) {
      const changed = Buffer.from(file);
      changed[at] = changed[at]! ^ 1;
      expect(await decrypt(changed, 'passphrase'), `byte ${at}`).toBeUndefined();
    }
  });

  test('that asks for an absurd cost, is refused at once', async () => {
    const file = await encrypt(Buffer.from('content'), 'passphrase');
    file[16] = 40;
    expect(await decrypt(file, 'passphrase')).toBeUndefined();
  });
});
