import { join } from 'node:path';
import { emptyDemoDirectory } from './demo/demo-directory.ts';
import { DemoLogs, demoLogPath } from './demo/demo-logs.ts';
import { startEngine, type Engine, type EngineOptions } from './engine.ts';
import { systemClock } from './flow/clock.ts';

/*
 * The demo: an engine like any other, in a directory of its own, that watches logs written for show. Lines are all that is
 * made up; they go through the same sources, detectors and alerts as real ones.
 */

/** Any number will do; always the same one makes two presentations alike. */
const SEED = 20_260_401;

/**
 * Starts a demo. What an earlier one left in the directory is thrown away.
 * @throws FailureError CONFLICT when the directory is in use, or holds something that is no demo's
 */
export async function startDemoEngine(options: EngineOptions): Promise<Engine> {
  const logs: { folder: string; writer: DemoLogs | undefined } = {
    folder: join(options.dataDirectory, 'demo-logs'),
    writer: undefined,
  };
  const engine = await startEngine({
    ...options,
    mode: 'demo',
    overrides: { ...options.overrides, ...demoSettings(logs.folder) },
    prepare: async () => {
      emptyDemoDirectory(options.dataDirectory, logs.folder);
      logs.writer = new DemoLogs({
        directory: logs.folder,
        clock: systemClock,
        seed: SEED,
        // Without its logs there is no demo.
        onError: (error) => options.onFatal(error instanceof Error ? error : new Error(String(error))),
      });
      await logs.writer.writeHistory();
    },
  });
  logs.writer?.begin();
  return {
    identity: engine.identity,
    status: () => engine.status(),
    stop: async () => {
      await logs.writer?.stop();
      await engine.stop();
    },
  };
}

/** Only the demo's logs, whose stamps are UTC; nothing of it outside of its own window. */
function demoSettings(folder: string): Record<string, unknown> {
  const source = (log: Parameters<typeof demoLogPath>[1], logClass: string): Record<string, unknown> => ({
    path: demoLogPath(folder, log),
    class: logClass,
    timeZone: 'UTC',
  });
  return {
    'logs.discover': false,
    'logs.sources': [
      source('access', 'access'),
      source('error', 'access'),
      source('auth', 'audit'),
      source('account', 'audit'),
      source('application', 'application'),
    ],
    'notifications.desktop': false,
    'desktop.whenClosed': 'quit',
  };
}
