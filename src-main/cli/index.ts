#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { findInstallation } from '../installation.ts';
import { canRunEngine, NEEDED_NODE } from '../needed-node.ts';
import { CommandError, EXIT } from './exit.ts';

const installation = findInstallation(import.meta.url);

/** One line a command: adding a command is its file and its line here. What is not asked for is not loaded. */
const commands: Record<string, () => Promise<Command>> = {
  run: async () => {
    await limitHeaps();
    return (await import('./run.ts')).runCommand(installation);
  },
  ingest: async () => {
    await limitHeaps();
    return (await import('./ingest.ts')).ingestCommand(installation);
  },
  search: async () => (await import('./search.ts')).searchCommand(installation),
  diagnose: async () => (await import('./diagnose.ts')).diagnoseCommand(installation),
  scan: async () => (await import('./scan.ts')).scanCommand(installation),
  patterns: async () => (await import('./patterns.ts')).patternsCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(installation),
  report: async () => (await import('./report.ts')).reportCommand(installation),
  receiver: async () => (await import('./receiver.ts')).receiverCommand(installation),
  audit: async () => (await import('./audit.ts')).auditCommand(installation),
  archive: async () => (await import('./archive.ts')).archiveCommand(installation),
  bundle: async () => (await import('./bundle.ts')).bundleCommand(installation),
};

async function limitHeaps(): Promise<void> {
  (await import('../engine/heap-limits.ts')).limitHeaps();
}

async function main(): Promise<void> {
  if (!canRunEngine())
    throw new CommandError(
      EXIT.engine,
      `this is Node ${process.versions.node}, and Yagura needs ${NEEDED_NODE} or newer. ` +
        'Its own is beside it: node_modules/.bin/node out/main/cli.js …',
    );
  const program = new Command('yagura')
    .description(
      'A watchtower for trading desks: watches this machine and its logs, finds attacks, raises alerts',
    )
    .exitOverride()
    .showHelpAfterError('(yagura --help lists the commands)');
  const asked = commands[process.argv[2] ?? ''];
  for (const load of asked === undefined ? Object.values(commands) : [asked])
    program.addCommand((await load()).exitOverride());
  // Cut here: commander would guess otherwise when it finds itself in an Electron.
  await program.parseAsync(process.argv.slice(2), { from: 'user' });
}

// Awaited: who imports this file (the desktop's terminal mode) goes on when the command is done.
await main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return;
  }
  if (error instanceof CommandError) {
    process.stderr.write(`yagura: ${error.message}\n`);
    process.exitCode = error.code;
    return;
  }
  process.stderr.write(
    `yagura: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = EXIT.engine;
});
