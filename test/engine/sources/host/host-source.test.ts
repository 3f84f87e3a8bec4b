import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MetricSample } from '../../../../src-main/engine/flow/metric.ts';
import type { Observation } from '../../../../src-main/engine/flow/observation.ts';
import { MAX_KNOWN_LISTENERS } from '../../../../src-main/engine/sources/host/collectors/listeners.ts';
import type { FileSystemSpace } from '../../../../src-main/engine/sources/host/collectors/disks.ts';
import {
  createHostSource,
  type HostSource,
  type HostSourceOptions,
} from '../../../../src-main/engine/sources/host/host-source.ts';

const START = Date.UTC(2026, 10, 21, 9);
const GIB = 1024 ** 3;
const SPACE: FileSystemSpace = {
  bsize: 4096,
  blocks: 1000,
  bfree: 400,
  bavail: 300,
  files: 1000,
  ffree: 900,
};

let root: string;
let now = START;
let kept: Map<string, string>;
let observations: Observation[];
let connections: string[];

function put(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function source(options: Partial<HostSourceOptions> = {}): HostSource {
  return createHostSource({
    clock: { now: () => now },
    values: { get: (name) => kept.get(name), set: (name, value) => void kept.set(name, value) },
    observe: (observation) => void observations.push(observation),
    outbound: { record: (_purpose, destination) => void connections.push(destination) },
    root,
    platform: 'linux',
    askSpace: async () => SPACE,
    ...options,
  });
}

function value(
  samples: MetricSample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  return samples.find(
    (sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels),
  )?.value;
}

function putListeners(ports: number[], address = '00000000'): void {
  const lines = ports.map(
    (port, index) =>
      `   ${index}: ${address}:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 0 0`,
  );
  put('proc/net/tcp', `  sl  local_address\n${lines.join('\n')}\n`);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'yagura-host-'));
  now = START;
  kept = new Map();
  observations = [];
  connections = [];
  put('proc/stat', 'cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 100 0 100 700 100 0 0 0 0 0\n');
  put('proc/loadavg', '0.5 0.4 0.3 1/2 3\n');
  put('proc/meminfo', 'MemTotal: 1000 kB\nMemAvailable: 250 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n');
  put('proc/vmstat', 'oom_kill 2\n');
  put('proc/mounts', '/dev/sda2 / ext4 rw 0 0\n');
  put('proc/diskstats', '   8       0 sda 100 0 2000 300 50 0 4000 700 0 0 0\n');
  put('sys/block/sda/size', '1\n');
  put('proc/net/dev', 'h\nh\neth0: 1000 0 0 0 0 0 0 0 2000 0 0 0 0 0 0 0\n');
  putListeners([22]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('host source', () => {
  test('rates, absent from the first collection and right in the second', async () => {
    const host = source();
    const first = await host.collect();
    expect(value(first, 'host_cpu_percent')).toBeUndefined();
    expect(value(first, 'host_disk_read_bytes_per_second', { device: 'sda' })).toBeUndefined();
    expect(value(first, 'host_memory_used_percent')).toBeCloseTo(75);
    expect(value(first, 'host_swap_used_percent')).toBeUndefined();
    expect(value(first, 'host_disk_used_percent', { mount: '/' })).toBeCloseTo((600 / 900) * 100);
    expect(value(first, 'host_disk_free_bytes', { mount: '/' })).toBe(300 * 4096);
    expect(value(first, 'host_listeners')).toBe(1);
    now += 5000;
    put('proc/stat', 'cpu  130 0 120 740 110 0 0 0 0 0\ncpu0 130 0 120 740 110 0 0 0 0 0\n');
    put('proc/diskstats', '   8       0 sda 110 0 2100 310 50 0 4000 700 0 0 0\n');
    put('proc/net/dev', 'h\nh\neth0: 6000 0 0 0 0 0 0 0 2500 0 0 0 0 0 0 0\n');
    const second = await host.collect();
    expect(value(second, 'host_cpu_percent')).toBeCloseTo(50);
    expect(value(second, 'host_cpu_iowait_percent')).toBeCloseTo(10);
    expect(value(second, 'host_cpu_core_percent', { core: '0' })).toBeCloseTo(50);
    expect(value(second, 'host_disk_read_bytes_per_second', { device: 'sda' })).toBeCloseTo(10_240);
    expect(value(second, 'host_disk_operations_per_second', { device: 'sda' })).toBeCloseTo(2);
    expect(value(second, 'host_disk_latency_seconds', { device: 'sda' })).toBeCloseTo(0.001);
    expect(value(second, 'host_network_receive_bytes_per_second', { interface: 'eth0' })).toBeCloseTo(1000);
    expect(new Set(second.map((sample) => sample.time))).toEqual(new Set([now]));
  });

  test('rates, no value after a counter went back or after sleep', async () => {
    const host = source();
    await host.collect();
    now += 5000;
    put('proc/net/dev', 'h\nh\neth0: 10 0 0 0 0 0 0 0 20 0 0 0 0 0 0 0\n');
    const labels = { interface: 'eth0' };
    expect(value(await host.collect(), 'host_network_receive_bytes_per_second', labels)).toBeUndefined();
    now += 5000;
    put('proc/net/dev', 'h\nh\neth0: 60 0 0 0 0 0 0 0 20 0 0 0 0 0 0 0\n');
    expect(value(await host.collect(), 'host_network_receive_bytes_per_second', labels)).toBeCloseTo(10);
    now += 8 * 3_600_000;
    put('proc/net/dev', 'h\nh\neth0: 6000000 0 0 0 0 0 0 0 20 0 0 0 0 0 0 0\n');
    expect(value(await host.collect(), 'host_network_receive_bytes_per_second', labels)).toBeUndefined();
  });

  test('what can not be read, missing and said so, while the rest goes on', async () => {
    rmSync(join(root, 'proc/meminfo'));
    const host = source();
    const samples = await host.collect();
    expect(value(samples, 'host_memory_used_percent')).toBeUndefined();
    expect(value(samples, 'host_load1')).toBe(0.5);
    expect(host.parts().find((part) => part.name === 'memory')?.state).toBe('notAvailable');
    expect(host.health()).toMatchObject({ id: 'host', state: 'unknown' });
  });

  test('a system with next to nothing to read, gives no zeros', async () => {
    const host = source({ platform: 'win32' });
    const names = (await host.collect()).map((sample) => sample.name);
    expect(names).not.toContain('host_load1');
    expect(names).not.toContain('host_connections');
    expect(names).not.toContain('host_cpu_iowait_percent');
    expect(names).toContain('host_memory_total_bytes');
  });

  test('health, seen once collected, with the clock named as not available', async () => {
    const host = source();
    expect(host.health().state).toBe('unknown');
    await host.collect();
    const health = host.health();
    expect(health.state).toBe('ok');
    expect(health.reason?.key).toBe('host.clock.notAvailable');
    expect(health.lastSeenAt).toBe(START);
  });

  test('a mount that hangs, neither blocks the collection nor is asked again until it answers', async () => {
    put('proc/mounts', '/dev/sda2 / ext4 rw 0 0\nserver:/x /mnt/x nfs4 rw 0 0\n');
    let asked = 0;
    let answer: ((space: FileSystemSpace) => void) | undefined;
    const host = source({
      askSpace: (path) => {
        if (path === '/') return Promise.resolve(SPACE);
        asked += 1;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    const samples = await host.collect();
    expect(value(samples, 'host_disk_used_percent', { mount: '/' })).toBeDefined();
    expect(value(samples, 'host_disk_used_percent', { mount: '/mnt/x' })).toBeUndefined();
    now += 3_600_000;
    await host.collect();
    expect(asked).toBe(1);
    expect(host.parts().find((part) => part.name === 'disks')?.reason?.parameters).toEqual({
      mount: '/mnt/x',
    });
    answer?.(SPACE);
    await Promise.resolve();
    now += 3_600_000;
    const pending = host.collect();
    await Promise.resolve();
    answer?.(SPACE);
    await pending;
    expect(asked).toBe(2);
  });

  test('time until full, foretold with an interval once a disk fills steadily', async () => {
    let free = 100 * GIB;
    const host = source({
      askSpace: async () => ({ ...SPACE, bsize: 1, blocks: 200 * GIB, bfree: free, bavail: free }),
    });
    let samples: MetricSample[] = [];
    for (let minute = 0; minute < 30; minute += 1) {
      samples = await host.collect();
      now += 60_000;
      free -= GIB + (minute % 3) * 1024 * 1024;
    }
    const labels = { mount: '/' };
    const hours = value(samples, 'host_disk_hours_until_full', labels) ?? 0;
    expect(hours).toBeGreaterThan(1.1);
    expect(hours).toBeLessThan(1.25);
    expect(value(samples, 'host_disk_hours_until_full_low', labels)).toBeLessThanOrEqual(hours);
    expect(value(samples, 'host_disk_hours_until_full_high', labels)).toBeGreaterThanOrEqual(hours);
  });

  test('time until full, absent for a level with noise and for one burst', async () => {
    for (const freeAt of [
      (minute: number) => 50 * GIB + ((minute * 7919) % 13) * 1_000_000,
      (minute: number) => (minute < 15 ? 50 * GIB : 40 * GIB),
    ]) {
      let minute = 0;
      const host = source({
        askSpace: async () => {
          const free = freeAt(minute);
          return { ...SPACE, bsize: 1, blocks: 200 * GIB, bfree: free, bavail: free };
        },
      });
      for (; minute < 60; minute += 1) {
        const samples = await host.collect();
        if (minute === 59) {
          expect(value(samples, 'host_disk_hours_until_full', { mount: '/' })).toBeUndefined();
        }
        now += 60_000;
      }
    }
  });
});

describe('listeners', () => {
  async function twice(host: HostSource): Promise<void> {
    for (let time = 0; time < 2; time += 1) {
      now += 65_000;
      await host.collect();
    }
  }

  test('the first run, learns silently; a new public one is told once, also after a restart', async () => {
    const host = source();
    await host.collect();
    await twice(host);
    expect(observations).toEqual([]);
    putListeners([22, 4444]);
    await twice(host);
    await twice(host);
    await twice(source());
    expect(observations.map((observation) => observation.key)).toEqual(['0.0.0.0:4444']);
    expect(observations[0]).toMatchObject({ ruleId: 'host-new-listener', severity: 'warning' });
  });

  test('one that came up while nobody watched, told after the restart', async () => {
    await source().collect();
    putListeners([22, 5555]);
    now += 3_600_000;
    await twice(source());
    expect(observations.map((observation) => observation.key)).toEqual(['0.0.0.0:5555']);
  });

  test('on the loopback address or open for a moment, not told', async () => {
    const host = source();
    await host.collect();
    await twice(host);
    putListeners([4444], '0100007F');
    await twice(host);
    putListeners([4445]);
    now += 65_000;
    await host.collect();
    putListeners([22]);
    await twice(host);
    expect(observations).toEqual([]);
  });

  test('the baseline, bounded', async () => {
    const host = source();
    putListeners(Array.from({ length: MAX_KNOWN_LISTENERS + 50 }, (_, index) => index + 1));
    await host.collect();
    const baseline = JSON.parse(kept.get('host.listeners') ?? '{}') as { seen: Record<string, number> };
    expect(Object.keys(baseline.seen)).toHaveLength(MAX_KNOWN_LISTENERS);
  });
});

test('a time server that is set, goes into the ledger of connections; without one nothing is sent', async () => {
  await source().collect();
  expect(connections).toEqual([]);
  const host = source({ ntpServer: () => '127.0.0.1:9' });
  await host.collect();
  await vi.waitFor(() => expect(connections).toEqual(['127.0.0.1:9']), { timeout: 10_000 });
});

test('this machine, read for real without a rejected collection', async () => {
  const host = createHostSource({
    clock: { now: () => Date.now() },
    values: { get: (name) => kept.get(name), set: (name, text) => void kept.set(name, text) },
    observe: () => undefined,
    outbound: { record: () => undefined },
  });
  await host.collect();
  const samples = await host.collect();
  expect(value(samples, 'yagura_memory_rss_bytes')).toBeGreaterThan(1_000_000);
  expect(samples.every((sample) => Number.isFinite(sample.value))).toBe(true);
});
