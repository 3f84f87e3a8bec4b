import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeatedly } from '../../../src-main/engine/flow/repeatedly.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('A repeated task', () => {
  it('runs at once and then every interval, which may change', async () => {
    let runs = 0;
    let interval = 1000;
    const task = repeatedly(
      () => Promise.resolve(void (runs += 1)),
      () => interval,
      () => expect.fail('no error was expected'),
    );
    task.start();
    await vi.advanceTimersByTimeAsync(2500);
    expect(runs).toBe(3);
    interval = 100;
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs).toBeGreaterThan(6);
    await task.stop();
    const stopped = runs;
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs).toBe(stopped);
  });

  it('goes on and says so, when a run fails', async () => {
    const errors: unknown[] = [];
    const task = repeatedly(
      () => Promise.reject(new Error('broken')),
      () => 1000,
      (error) => errors.push(error),
    );
    task.start();
    await vi.advanceTimersByTimeAsync(2500);
    expect(errors).toHaveLength(3);
    await task.stop();
  });

  it('is never run twice at a time, when a run takes longer than the interval', async () => {
    let running = 0;
    let most = 0;
    const task = repeatedly(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 3000));
        running -= 1;
      },
      () => 1000,
      () => undefined,
    );
    task.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(most).toBe(1);
    const stopping = task.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopping;
    expect(running).toBe(0);
  });
});
