import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { dataDirectory } from '../data-directory.ts';
import { copyKeyFile } from '../engine/copy-key-file.ts';
import { fingerprintOf, newKey, writeKeyFile, type SavedKey } from '../engine/archive-key.ts';
import {
  listArchives,
  restoreToDirectory,
  restoreToFile,
  verifyArchiveFile,
} from '../engine/restore-archive.ts';
import type { Installation } from '../installation.ts';
import { attachToEngine, callLimit } from '../wire/engine-client.ts';
import { CommandError, EXIT } from './exit.ts';
import { isoTime } from './terminal-text.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

/** The keychain may ask its user first. */
const KEYCHAIN_MS = 30_000;

interface KeyOption {
  keyFile?: string;
}

/** Archives of log lines; works on their files alone, no engine is needed. */
export function archiveCommand({ resources, managedSettings }: Installation): Command {
  const told = async (work: (say: Say) => Promise<void>): Promise<void> => {
    const { say } = loadWords(resources);
    try {
      await work(say);
    } catch (error) {
      throw failureToCommandError(error, say);
    }
  };
  return new Command('archive')
    .description('log lines that were written into files before they were deleted')
    .addCommand(
      new Command('list')
        .description('the archives of a folder, oldest first')
        .argument('[directory]', 'folder of the archives; else that of the data directory')
        .option('--data <directory>', 'data directory')
        .option('--json', 'one JSON object a line')
        .action((directory: string | undefined, options: { data?: string; json?: boolean }) =>
          list(directory ?? join(dataDirectory(options.data), 'archive'), options.json === true),
        ),
    )
    .addCommand(
      new Command('verify')
        .description('read an archive back and compare it with its manifest')
        .argument('<file>', 'the archive')
        .option('--key-file <file>', 'file with the key of an encrypted one, 64 hexadecimal digits')
        .action((file: string, options: KeyOption) =>
          told(async (say) => {
            const { lines } = await verifyArchiveFile({ path: file, key: keyOf(options) });
            tell(say({ key: 'archive.verified', parameters: { file, lines } }));
          }),
        ),
    )
    .addCommand(
      new Command('restore')
        .description('bring the lines of an archive back, into a data directory of their own or a file')
        .argument('<file>', 'the archive')
        .option(
          '--data <directory>',
          'data directory, new or another than the engine’s: search it with --data',
        )
        .option('--out <file>', 'a new file of JSON lines')
        .option('--key-file <file>', 'file with the key of an encrypted one, 64 hexadecimal digits')
        .action((file: string, options: KeyOption & { data?: string; out?: string }) =>
          told(async (say) => {
            const archive = { path: file, key: keyOf(options) };
            const { data, out } = options;
            if ((data === undefined) === (out === undefined))
              throw new CommandError(EXIT.usage, 'Say where to: either --data or --out');
            const lines =
              out === undefined
                ? await restoreToDirectory(archive, data ?? '')
                : await restoreToFile(archive, out);
            tell(say({ key: 'archive.restored', parameters: { lines } }));
          }),
        ),
    )
    .addCommand(keyCommand(told, managedSettings));
}

/** The key of encrypted archives: without it nobody reads them, so it must be kept in more than one place. */
function keyCommand(
  told: (work: (say: Say) => Promise<void>) => Promise<void>,
  managedSettings: string,
): Command {
  return new Command('key')
    .description('the key of encrypted archives')
    .addCommand(
      new Command('save')
        .description('write a copy of the key into a new file that only you can read')
        .argument('<file>', 'the copy; verify and restore take it with --key-file')
        .option('--data <directory>', 'data directory')
        .action((file: string, options: { data?: string }) =>
          told(async (say) => {
            const saved = await savedKey(resolve(file), dataDirectory(options.data), managedSettings);
            tell(say({ key: 'archive.keySaved', parameters: { ...saved } }));
          }),
        ),
    )
    .addCommand(
      new Command('new')
        .description('make a key for an engine without a window, in a new file that only you can read')
        .argument('<file>', 'to be named as retention.archive.keyFile')
        .action((file: string) =>
          told(async (say) => {
            const key = newKey();
            const path = resolve(file);
            writeKeyFile(path, key, false);
            tell(say({ key: 'archive.keyMade', parameters: { path, fingerprint: fingerprintOf(key) } }));
          }),
        ),
    );
}

/** By the running engine, which knows where the key lies; without one only a key file can be had. */
async function savedKey(path: string, directory: string, managedSettings: string): Promise<SavedKey> {
  const engine = await attachToEngine(directory);
  if (engine !== undefined) {
    try {
      return await engine.client.logs.saveArchiveKey({ path, replace: false }, callLimit(KEYCHAIN_MS));
    } finally {
      engine.close();
    }
  }
  return copyKeyFile(path, directory, managedSettings);
}

function list(directory: string, asJson: boolean): void {
  for (const archive of listArchives(directory)) {
    const { file, lines, bytes, firstTime, lastTime } = archive;
    tell(
      asJson
        ? JSON.stringify(archive)
        : `${file}  ${lines} lines  ${bytes} bytes  ${isoTime(firstTime)} – ${isoTime(lastTime)}`,
    );
  }
}

function keyOf({ keyFile }: KeyOption): string | undefined {
  if (keyFile === undefined) return undefined;
  try {
    const key = readFileSync(keyFile, 'utf8').trim();
    if (/^[0-9a-f]{64}$/i.test(key)) return key.toLowerCase();
  } catch {
    throw new CommandError(EXIT.badInput, `${keyFile} can’t be read`);
  }
  throw new CommandError(EXIT.badInput, `${keyFile} holds no key: 64 hexadecimal digits`);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
