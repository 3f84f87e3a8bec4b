import { parseArgs } from 'node:util';
import { findInstallation } from '../installation.ts';
import type { Engine, startEngine } from './engine.ts';
import { FailureError } from './flow/failure.ts';
import { limitHeaps } from './heap-limits.ts';

/*
 * The engine as a process of its own: what the desktop starts (`engine.js --data DIR --owned`;
 * `--mode demo` watches logs written for show, `--mode bundle` shows what another copy handed over). Exit codes: 0 asked to
 * end, 3 another engine has the data directory, 4 anything else; the reason is the last line on stderr, as JSON.
 */

const EXIT_HELD = 3;
const EXIT_FAILED = 4;
/** A stop that hangs must not keep the desktop from starting anew. */
const STOP_LIMIT_MS = 4500;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    owned: { type: 'boolean', default: false },
    mode: { type: 'string', default: 'normal' },
  },
});

let engine: Engine | undefined;
let ending = false;

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
  await engine?.stop();
  process.exit(0);
}

function fail(error: unknown): never {
  const held = error instanceof FailureError && error.failure.kind === 'CONFLICT';
  const reason =
    error instanceof FailureError
      ? error.failure.message
      : { key: 'engine.failed', parameters: { reason: String(error) } };
  process.stderr.write(
    `${JSON.stringify({ reason, stack: error instanceof Error ? error.stack : undefined })}\n`,
  );
  process.exit(held ? EXIT_HELD : EXIT_FAILED);
}

// Who reads it may be gone: an engine that loses its desktop still has to finish its work.
process.stderr.on('error', () => undefined);
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());

if (values.data === undefined) fail(new Error('--data DIRECTORY is missing'));

/** Loads what a mode starts. */
const starts: Record<string, () => Promise<typeof startEngine>> = {
  normal: async () => (await import('./engine.ts')).startEngine,
  demo: async () => (await import('./demo-engine.ts')).startDemoEngine,
  bundle: async () => {
    const { startEngine } = await import('./engine.ts');
    return (options) => startEngine({ ...options, mode: 'bundle' });
  },
};
const load = starts[values.mode];
if (load === undefined) fail(new Error(`--mode ${values.mode} is unknown`));

limitHeaps();
try {
  const start = await load();
  engine = await start({
    ...findInstallation(import.meta.url),
    dataDirectory: values.data,
    overrides: {},
    onFatal: fail,
    ...(values.owned ? { onOwnerGone: () => void end() } : {}),
  });
} catch (error) {
  fail(error);
}
