import { describe, expect, test } from 'vitest';
import type { Listener } from '../../../../src-main/engine/sources/host/system.ts';
import {
  addSockets,
  parseChronyTracking,
  parseCpuTimes,
  parseDiskCounters,
  parseLoadAverages,
  parseLoopStatistics,
  parseMemory,
  parseMounts,
  parseNetworkCounters,
  parseOutOfMemoryKills,
} from '../../../../src-main/engine/sources/host/systems/linux-parsers.ts';

describe('Linux parsers', () => {
  test('processor times, guest time is not counted twice', () => {
    const times = parseCpuTimes(
      'cpu  100 10 50 800 40 3 2 5 70 0\ncpu0 100 10 50 800 40 3 2 5 70 0\nintr 12 3\n',
    );
    expect(times?.total).toEqual({ core: -1, busy: 170, ioWait: 40, total: 1010 });
    expect(times?.cores).toEqual([{ core: 0, busy: 170, ioWait: 40, total: 1010 }]);
  });

  test('processor times, text of another kind gives nothing', () => {
    expect(parseCpuTimes('intr 1 2 3\n')).toBeUndefined();
    expect(parseCpuTimes('cpu  1 2\n')).toBeUndefined();
  });

  test('load averages, three numbers or nothing', () => {
    expect(parseLoadAverages('0.50 1.25 2.00 1/103 14424\n')).toEqual([0.5, 1.25, 2]);
    expect(parseLoadAverages('a b c')).toBeUndefined();
  });

  test('memory, no guess where the kernel does not say what is available', () => {
    const text =
      'MemTotal:       1000 kB\nMemFree:  100 kB\nMemAvailable:    400 kB\nSwapTotal: 200 kB\nSwapFree: 50 kB\n';
    expect(parseMemory(text)).toEqual({
      total: 1_024_000,
      available: 409_600,
      swapTotal: 204_800,
      swapFree: 51_200,
    });
    expect(parseMemory(text.replace('MemAvailable', 'MemOther'))).toBeUndefined();
  });

  test('out-of-memory kills, absent on old kernels', () => {
    expect(parseOutOfMemoryKills('pgfault 3\noom_kill 7\nnuma_hit 1\n')).toBe(7);
    expect(parseOutOfMemoryKills('pgfault 3\n')).toBeUndefined();
  });

  test('mounts, pseudo file systems, images and second mounts of a device are left out', () => {
    const mounts = parseMounts(
      [
        'proc /proc proc rw 0 0',
        'tmpfs /run tmpfs rw 0 0',
        '/dev/loop1 /snap/core/1 squashfs ro 0 0',
        '/dev/sda2 / ext4 rw 0 0',
        '/dev/sda2 /var/lib/bind ext4 rw 0 0',
        '/dev/sdb1 /mnt/my\\040disk\\134x xfs rw 0 0',
        'server:/share /mnt/share nfs4 rw 0 0',
      ].join('\n'),
    );
    expect(mounts).toEqual([
      { path: '/', device: '/dev/sda2', type: 'ext4', remote: false },
      { path: '/mnt/my disk\\x', device: '/dev/sdb1', type: 'xfs', remote: false },
      { path: '/mnt/share', device: 'server:/share', type: 'nfs4', remote: true },
    ]);
  });

  test('mounts, the root of a container is its overlay', () => {
    const mounts = parseMounts('overlay / overlay rw 0 0\noverlay /var/lib/docker/x overlay rw 0 0\n');
    expect(mounts.map((mount) => mount.path)).toEqual(['/']);
  });

  test('disk counters, sectors are 512 bytes and partitions are left out', () => {
    const text =
      '   8       0 sda 100 1 2000 300 50 2 4000 700 0 900 1000\n   8       1 sda1 100 1 2000 300 50 2 4000 700 0 900 1000\n';
    expect(parseDiskCounters(text, (name) => name === 'sda')).toEqual([
      {
        device: 'sda',
        reads: 100,
        writes: 50,
        readBytes: 1_024_000,
        writtenBytes: 2_048_000,
        requestSeconds: 1,
      },
    ]);
  });

  test('network counters, names with a colon, loopback left out', () => {
    const text =
      'Inter-| Receive\n face |bytes\n    lo: 1 2 3 4 5 6 7 8 9 10\neth0:1:   100 2 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n';
    expect(parseNetworkCounters(text)).toEqual([{ interface: 'eth0:1', received: 100, transmitted: 200 }]);
  });

  test('sockets, states counted, listeners with their addresses', () => {
    const states = new Map<string, number>();
    const listeners: Listener[] = [];
    const head = '  sl  local_address rem_address   st\n';
    addSockets(
      `${head}   0: 00000000:0016 00000000:0000 0A 0 0\n   1: 0100007F:1F90 00000000:0000 0A 0 0\n` +
        '   2: 0101A8C0:0016 0201A8C0:D431 01 0 0\n   3: 0101A8C0:0016 0301A8C0:D431 01 0 0\n   4: 0101A8C0:0016 0301A8C0:D432 06 0 0\n',
      states,
      listeners,
    );
    addSockets(
      `${head}   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0\n` +
        '   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 0\n' +
        '   2: B80D01200000000067452301EFCDAB89:0050 00000000000000000000000000000000:0000 0A 0\n' +
        '   3: 0000000000000000FFFF00000100A8C0:0051 00000000000000000000000000000000:0000 0A 0\n',
      states,
      listeners,
    );
    expect([...states]).toEqual([
      ['established', 2],
      ['time_wait', 1],
    ]);
    expect(listeners).toEqual([
      { address: '0.0.0.0', port: 22 },
      { address: '127.0.0.1', port: 8080 },
      { address: '::', port: 80 },
      { address: '::1', port: 631 },
      { address: '2001:db8::123:4567:89ab:cdef', port: 80 },
      { address: '192.168.0.1', port: 81 },
    ]);
  });

  test('clock, the newest line of chrony and of ntpd', () => {
    const banner =
      '=====\n   Date (UTC) Time     IP Address   St   Freq ppm   Skew ppm     Offset L Co\n=====\n';
    expect(
      parseChronyTracking(
        `${banner}2026-11-20 10:00:00 192.0.2.1        2     -7.1      0.03 -2.500e-03 N  1\n2026-11-20 10:01:04 192.0.2.1        2     -7.1      0.03 -4.500e-03 N  1\n`,
      ),
    ).toEqual({ seconds: 0.0045, measuredAt: Date.UTC(2026, 10, 20, 10, 1, 4) });
    expect(parseLoopStatistics('40588 3600.5 0.002 1.1 0.1 0.1 6\n')).toEqual({
      seconds: -0.002,
      measuredAt: 86_400_000 + 3_600_500,
    });
    expect(parseChronyTracking('nothing here')).toBeUndefined();
    expect(parseLoopStatistics('')).toBeUndefined();
  });
});
