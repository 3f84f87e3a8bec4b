import { expect, test } from 'vitest';
import { DesktopUsage, proportionalMemory, type ProcessMetric } from '../../src-main/app/usage.ts';

function metric(pid: number, type: string, seconds: number): ProcessMetric {
  return {
    pid,
    type,
    cpu: { cumulativeCPUUsage: seconds, percentCPUUsage: 0 },
    memory: { workingSetSize: 1000 },
  };
}

test('percent of one core since the last question, without the engine', async () => {
  const now = { metrics: [metric(1, 'Browser', 1), metric(2, 'Tab', 5), metric(3, 'Utility', 9)], at: 0 };
  const usage = new DesktopUsage({
    metrics: () => now.metrics,
    enginePid: () => 3,
    now: () => now.at,
    proportionalMemory: async (pid) => (pid === 2 ? 77 : undefined),
  });
  expect(await usage.measure()).toEqual([
    { type: 'main', cpuPercent: 0, memoryBytes: 1_024_000 },
    { type: 'page', cpuPercent: 0, memoryBytes: 77 },
  ]);
  now.metrics = [metric(1, 'Browser', 1.1), metric(2, 'Tab', 8), metric(4, 'GPU', 2)];
  now.at = 2000;
  const after = await usage.measure();
  expect(after.map(({ type, cpuPercent }) => [type, Math.round(cpuPercent)])).toEqual([
    ['main', 5],
    ['page', 150],
    // Not known before: it says nothing about the time since.
    ['graphics', 0],
  ]);
});

test('asked twice in one moment it divides by no zero', async () => {
  const usage = new DesktopUsage({
    metrics: () => [metric(1, 'Browser', 1)],
    enginePid: () => undefined,
    now: () => 5,
    proportionalMemory: async () => undefined,
  });
  await usage.measure();
  expect((await usage.measure()).map((each) => each.cpuPercent)).toEqual([0]);
});

test('this process has a share of memory on Linux; one that is gone has none', async () => {
  const own = await proportionalMemory(process.pid);
  if (process.platform === 'linux') expect(own).toBeGreaterThan(1_000_000);
  else expect(own).toBeUndefined();
  expect(await proportionalMemory(2 ** 22 + 1)).toBeUndefined();
});
