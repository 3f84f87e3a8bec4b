import { appendFileSync, copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ShareAccess,
  ShareLane,
  type Lane,
} from '../../../../../src-main/engine/sources/logs/shares/lane.ts';
import {
  networkMountsOfLinux,
  networkMountsOfMac,
  shareOf,
} from '../../../../../src-main/engine/sources/logs/shares/shares.ts';
import { until } from '../ssh/ssh-server.ts';
import { asText, MemoryStore, numbered, start, temporaryDirectory } from '../tail-harness.ts';

describe('a path', () => {
  const mounts = networkMountsOfLinux(
    [
      'sysfs /sys sysfs rw 0 0',
      '/dev/sda1 / ext4 rw 0 0',
      'nas:/logs /mnt/nas\\040logs nfs4 rw,vers=4.2 0 0',
      '//fs/share /mnt/smb cifs rw 0 0',
      'ops@desk:/ /home/ops/desk fuse.sshfs rw 0 0',
      'portal /run/user/1000/doc fuse.portal rw 0 0',
      '',
    ].join('\n'),
  );

  test('on a share is told by the mount table of Linux', () => {
    expect(mounts).toEqual(['/mnt/nas logs', '/mnt/smb', '/home/ops/desk']);
    expect(shareOf('/mnt/nas logs/app/a.log', mounts)).toBe('/mnt/nas logs');
    expect(shareOf('/mnt/smbother/a.log', mounts)).toBeUndefined();
    expect(shareOf('/var/log/a.log', mounts)).toBeUndefined();
  });

  test('on a share is told by what mount prints on macOS (written after its manual, not recorded)', () => {
    const text = [
      '/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)',
      '//ops@nas._smb._tcp.local/logs on /Volumes/logs (smbfs, nodev, nosuid, mounted by ops)',
      'nas:/export on /private/nfs (nfs)',
    ].join('\n');
    expect(networkMountsOfMac(text)).toEqual(['/Volumes/logs', '/private/nfs']);
  });

  test('on a share of Windows is told by its prefix; a device path is none', () => {
    expect(shareOf('\\\\Server\\Logs\\app\\a.log', [])).toBe('\\\\server\\logs');
    expect(shareOf('\\\\?\\C:\\logs\\a.log', [])).toBeUndefined();
    expect(shareOf('C:\\logs\\a.log', [])).toBeUndefined();
  });
});

const clock = { now: () => Date.now() };

describe('accesses to shares', () => {
  test('are so many at once over all shares, and one at a time of each', async () => {
    const access = new ShareAccess(2);
    const lanes = [1, 2, 3].map(() => new ShareLane(access, clock));
    let under = 0;
    let most = 0;
    const step = async (): Promise<void> => {
      most = Math.max(most, (under += 1));
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    };
    await Promise.all(lanes.flatMap((lane) => [lane.run(step), lane.run(step), lane.run(step)]));
    expect(most).toBe(2);
  });

  test('that fail let the next one through', async () => {
    const lane = new ShareLane(new ShareAccess(1), clock);
    await expect(lane.run(() => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
    expect(await lane.run(() => Promise.resolve(7))).toBe(7);
    expect(lane.waitingSince).toBeUndefined();
  });
});

describe('a file on a share', () => {
  const lane = (): Lane => new ShareLane(new ShareAccess(), clock);

  test('is followed by polling, and its chunks bring their bytes however large they are', async () => {
    const path = join(temporaryDirectory(), 'app.log');
    const store = new MemoryStore();
    writeFileSync(path, asText(numbered('one', 30_000)));
    start(store, [path], { lane: lane() });
    await store.untilLines(30_000);
    appendFileSync(path, asText(numbered('two', 3)));
    await store.untilLines(30_003);
    expect(store.lines).toEqual([...numbered('one', 30_000), ...numbered('two', 3)]);
    expect(store.chunks.every((chunk) => chunk.fd === -1 && chunk.bytes !== undefined)).toBe(true);
  });

  test('goes on where it was when its inode is another after the share came back', async () => {
    const path = join(temporaryDirectory(), 'app.log');
    const store = new MemoryStore();
    writeFileSync(path, asText(numbered('one', 500)));
    const first = start(store, [path], { lane: lane() });
    await store.untilLines(500);
    const comeBack = (): void => {
      copyFileSync(path, `${path}~`);
      renameSync(`${path}~`, path);
    };
    comeBack();
    appendFileSync(path, asText(numbered('two', 5)));
    await store.untilLines(505);
    await first.stop();
    comeBack();
    appendFileSync(path, asText(numbered('three', 5)));
    start(store, [path], { lane: lane() });
    await store.untilLines(510);
    expect(store.lines).toEqual([...numbered('one', 500), ...numbered('two', 5), ...numbered('three', 5)]);
  });

  test('that does not answer is told, holds up no other source and not the end', async () => {
    const directory = temporaryDirectory();
    const hanging = { run: () => new Promise<never>(() => undefined), waitingSince: Date.now() - 60_000 };
    const store = new MemoryStore();
    const other = new MemoryStore();
    const share = start(other, [join(directory, 'share.log')], { lane: hanging });
    writeFileSync(join(directory, 'local.log'), asText(numbered('one', 5)));
    start(store, [join(directory, 'local.log')]);
    await store.untilLines(5);
    await until(() => share.tail.states()[0]?.reason?.key === 'sources.reason.notAnswering');
    await share.stop();
    expect(other.lines).toEqual([]);
  });
});
