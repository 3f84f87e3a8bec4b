import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Archiving } from '../../../../src-main/engine/archiving.ts';
import { FailureError } from '../../../../src-main/engine/flow/failure.ts';
import { ProblemList } from '../../../../src-main/engine/problem-list.ts';
import { restoreToDirectory, restoreToFile } from '../../../../src-main/engine/restore-archive.ts';
import { listArchives, type ArchivedLine } from '../../../../src-main/engine/store/archive/manifest.ts';
import { readArchive, verifyArchive } from '../../../../src-main/engine/store/archive/read-archive.ts';
import {
  writeArchive,
  type ArchiveRequest,
} from '../../../../src-main/engine/store/archive/write-archive.ts';
import { openLogReader } from '../../../../src-main/engine/store/read/log-reader.ts';
import { openLogStore } from '../../../../src-main/engine/store/write/log-writer.ts';
import { settingsSchema } from '../../../../src-preload/contract/settings.ts';
import { readerOptions } from '../reader-options.ts';
import { DAY_START, endOf, inStream, NEVER, NO_FILTER, stored } from '../sample-lines.ts';

const KEY = 'ab'.repeat(32);
const DAY = '2026-11-21';
let root = '';
let count = 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'yagura-archive-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Text {
  text: string;
  address: string;
}

/** A data directory with these lines, sealed where there are many. */
function filled(texts: Text[]): string {
  count += 1;
  const directory = join(root, `data-${count}`);
  const store = openLogStore(directory, { clock: { now: () => DAY_START }, onProblem: () => undefined });
  const lines = inStream(
    texts.map(({ text, address }, index) => ({
      time: DAY_START + index,
      level: index % 8,
      address,
      bytes: Buffer.from(text),
    })),
  );
  if (lines.length > 0) store.append(stored(lines), { stream: 1, offset: endOf(lines) });
  store.close();
  return directory;
}

function plain(count: number): Text[] {
  return Array.from({ length: count }, (_, index) => ({
    text: `line ${index}`,
    address: index % 2 ? '192.0.2.7' : '',
  }));
}

function request(data: string, key: string | undefined): ArchiveRequest {
  return {
    name: { logClass: 'application', day: DAY },
    directory: join(data, 'archive'),
    key,
    number: 1,
    now: DAY_START,
  };
}

async function linesOf(directory: string, file: Parameters<typeof readArchive>[1], key?: string) {
  const lines: ArchivedLine[] = [];
  for await (const line of readArchive(directory, file, key)) lines.push(line);
  return lines;
}

describe('an archive', () => {
  it('keeps a text whole that has line separators of Unicode in it', async () => {
    const text = 'one\u2028two\u2029three\u0085four\rfive';
    const data = filled([{ text, address: '' }]);
    const wanted = request(data, undefined);
    const manifest = writeArchive(join(data, 'logs'), wanted);
    expect((await linesOf(wanted.directory, manifest)).map((line) => line.text)).toEqual([text]);
  });

  it.each([undefined, KEY])('gives back what was stored, whatever it was (key %s)', async (key) => {
    const text = fc.record({
      text: fc
        .string({ unit: 'grapheme', maxLength: 60 })
        .map((each) => each.replaceAll('\n', ' ').toWellFormed()),
      address: fc.constantFrom('', '192.0.2.7', '2001:db8::1'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40 }), async (texts) => {
        const data = filled(texts);
        const wanted = request(data, key);
        const manifest = writeArchive(join(data, 'logs'), wanted);
        await verifyArchive(wanted.directory, manifest, key);
        const lines = await linesOf(wanted.directory, manifest, key);
        expect(lines).toEqual(
          texts.map(({ text: each, address }, index) => ({
            time: DAY_START + index,
            level: index % 8,
            source: 'source-1',
            text: each,
            ...(address === '' ? {} : { address }),
          })),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('is one file for any gunzip, and its manifest tells what it holds', () => {
    const data = filled(plain(10_000));
    const wanted = request(data, undefined);
    const manifest = writeArchive(join(data, 'logs'), wanted);
    const lines = gunzipSync(readFileSync(join(wanted.directory, manifest.file)))
      .toString()
      .trim()
      .split('\n');
    expect(lines).toHaveLength(10_000);
    expect(manifest).toMatchObject({
      lines: 10_000,
      lastSequence: 10_000,
      firstTime: DAY_START,
      lastTime: DAY_START + 9999,
    });
    expect(listArchives(wanted.directory)).toEqual([manifest]);
  });

  it.each<[string, (path: string) => void]>([
    ['a byte was changed', (path) => flip(path)],
    ['its end was cut off', (path) => truncateSync(path, readFileSync(path).length - 36)],
    ['something was added', (path) => appendFileSync(path, 'x')],
  ])('is refused when %s, encrypted or not', async (_, damage) => {
    for (const key of [undefined, KEY]) {
      const data = filled(plain(9000));
      const wanted = request(data, key);
      const manifest = writeArchive(join(data, 'logs'), wanted);
      damage(join(wanted.directory, manifest.file));
      await expect(verifyArchive(wanted.directory, manifest, key)).rejects.toThrow();
      // The frames tell by themselves, whatever the manifest says.
      if (key !== undefined)
        await expect(linesOf(wanted.directory, manifest, key)).rejects.toThrow('damaged');
    }
  });

  it('is refused with another key, and with none', async () => {
    const data = filled(plain(10));
    const wanted = request(data, KEY);
    const manifest = writeArchive(join(data, 'logs'), wanted);
    expect(readFileSync(join(wanted.directory, manifest.file)).includes('line')).toBe(false);
    for (const key of ['cd'.repeat(32), undefined, 'short'])
      await expect(verifyArchive(wanted.directory, manifest, key)).rejects.toThrow('damaged');
  });

  it('is restored into a file, and into a data directory where it is searched', async () => {
    const data = filled(plain(5000));
    const wanted = request(data, KEY);
    const { file } = writeArchive(join(data, 'logs'), wanted);
    const archive = { path: join(wanted.directory, file), key: KEY };
    const out = join(root, 'lines.jsonl');
    expect(await restoreToFile(archive, out)).toBe(5000);
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(5001);
    await expect(restoreToFile(archive, out)).rejects.toThrow();
    const other = join(root, 'restored');
    expect(await restoreToDirectory(archive, other)).toBe(5000);
    const reader = openLogReader(
      other,
      readerOptions(() => undefined),
    );
    expect(reader.count({ ...NO_FILTER, text: 'line' }, NEVER).count).toBe(5000);
    expect(reader.count({ ...NO_FILTER, address: '192.0.2.7' }, NEVER).count).toBe(2500);
    reader.close();
  });
});

describe('archiving before retention', () => {
  function desk(data: string, { directory = '', key = () => Promise.resolve(KEY) } = {}) {
    const released: { partition: string; lastSequence: number }[][] = [];
    const actions: string[] = [];
    const problems = new ProblemList();
    const settings = settingsSchema.parse({ retention: { archive: { enabled: true, directory } } });
    const archiving = new Archiving({
      dataDirectory: data,
      clock: { now: () => DAY_START + 31 * 86_400_000 },
      readers: {
        archive: (wanted) => Promise.resolve().then(() => writeArchive(join(data, 'logs'), wanted)),
      },
      audit: { record: ({ action }) => void actions.push(action), head: () => ({ number: 0, hash: '' }) },
      problems,
      settings: () => settings.retention,
      key: { get: key, save: () => Promise.reject(new Error('Not asked for.')) },
      release: (partitions) => void released.push(partitions),
    });
    return { archiving, released, actions, problems };
  }

  it('releases a partition when its archive reads back, and says so in the audit trail', async () => {
    const data = filled(plain(20));
    const { archiving, released, actions } = desk(data);
    expect(archiving.state().classes[0]).toMatchObject({ oldestDay: DAY, waiting: 1, archives: 0 });
    await archiving.run();
    expect(released).toEqual([[{ partition: `application/${DAY}`, lastSequence: 20 }]]);
    expect(actions).toEqual(['logsArchived']);
    expect(archiving.state().classes[0]).toMatchObject({ archives: 1 });
  });

  it('makes one archive of a partition that a kill left undeleted', async () => {
    const data = filled(plain(20));
    await desk(data).archiving.run();
    await desk(data).archiving.run();
    await desk(data).archiving.run();
    expect(listArchives(join(data, 'archive'))).toHaveLength(1);
  });

  it('takes no unfinished file of a kill for an archive', async () => {
    const data = filled(plain(20));
    const { archiving } = desk(data);
    await archiving.run();
    const folder = join(data, 'archive');
    for (const file of readdirSync(folder)) if (file.endsWith('.json')) rmSync(join(folder, file));
    writeFileSync(join(folder, 'application-2026-11-21.jsonl.gz.enc.part'), 'half');
    expect(listArchives(folder)).toEqual([]);
    await archiving.run();
    expect(listArchives(folder)).toHaveLength(1);
  });

  it('lets partitions stay and tells when the folder cannot be written, and goes on when it can', async () => {
    const data = filled(plain(20));
    const blocked = join(root, 'blocked');
    writeFileSync(blocked, 'a file where the folder should be');
    const { archiving, released, problems } = desk(data, { directory: blocked });
    await archiving.run();
    expect(released).toEqual([]);
    expect(archiving.state().problem?.key).toBe('archive.problem.failed');
    expect(problems.list()).toHaveLength(1);
    rmSync(blocked);
    await archiving.run();
    expect(released).toHaveLength(1);
    expect(problems.list()).toEqual([]);
  });

  it('lets partitions stay when the disk is full', async () => {
    const data = filled(plain(20));
    const folder = join(data, 'archive');
    mkdirSync(folder);
    // Whatever is written there finds no space.
    symlinkSync('/dev/full', join(folder, `application-${DAY}.jsonl.gz.enc.part`));
    const { released, archiving } = desk(data);
    await archiving.run();
    expect(released).toEqual([]);
    expect(archiving.state().problem?.parameters['reason']).toBe('ENOSPC');
    expect(archiving.state().classes[0]).toMatchObject({ waiting: 1, archives: 0 });
    await archiving.run();
    expect(released).toHaveLength(1);
  });

  it('lets partitions stay when no key can be had', async () => {
    const data = filled(plain(20));
    const { archiving, released } = desk(data, { key: () => Promise.reject(new Error('no keychain')) });
    await archiving.run();
    expect(released).toEqual([]);
    expect(archiving.state().problem?.parameters['reason']).toBe('no keychain');
  });

  it.each([
    ['wire.noHost', 'archive.problem.noKeychain'],
    ['archive.problem.keyReadable', 'archive.problem.keyReadable'],
  ])('waits and says what to do when the key can’t be had (%s)', async (key, told) => {
    const data = filled(plain(5));
    const failure = new FailureError({ kind: 'UNAVAILABLE', message: { key, parameters: { file: '/k' } } });
    const { archiving, released, problems } = desk(data, { key: () => Promise.reject(failure) });
    await archiving.run();
    expect(archiving.state().problem?.key).toBe(told);
    expect(problems.list().map(({ message }) => message.key)).toEqual([told]);
    expect(released).toEqual([]);
    expect(archiving.state().classes[0]?.waiting).toBe(1);
  });

  it('deletes no partition that got lines after its archive, or has none', () => {
    const data = filled(plain(20));
    const store = openLogStore(data, { clock: { now: () => DAY_START }, onProblem: () => undefined });
    const limit = { days: 1, maxBytes: 1e9 };
    const limits = { application: limit, access: limit, audit: limit };
    const now = DAY_START + 31 * 86_400_000;
    expect(store.retain(limits, now, (_, lastSequence) => lastSequence() === 19)).toEqual([]);
    expect(store.retain(limits, now, (_, lastSequence) => lastSequence() === 20)).toHaveLength(1);
    store.close();
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 60] = (bytes[bytes.length - 60] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
