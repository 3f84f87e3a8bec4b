import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { dataDirectory } from '../data-directory.ts';
import {
  listArchives,
  restoreToDirectory,
  restoreToFile,
  verifyArchiveFile,
} from '../engine/restore-archive.ts';
import type { Installation } from '../installation.ts';
import { CommandError, EXIT } from './exit.ts';
import { isoTime } from './terminal-text.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface KeyOption {
  keyFile?: string;
}

/** Archives of log lines; works on their files alone, no engine is needed. */
export function archiveCommand({ resources }: Installation): Command {
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
    );
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
    return readFileSync(keyFile, 'utf8').trim();
  } catch {
    throw new CommandError(EXIT.badInput, `${keyFile} can’t be read`);
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
