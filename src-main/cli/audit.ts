import { Command } from 'commander';
import type { AuditHead, AuditVerification } from '../../src-preload/contract/audit.ts';
import { dataDirectory } from '../data-directory.ts';
import { openAudit } from '../engine/offline-audit.ts';
import type { Installation } from '../installation.ts';
import { CommandError, EXIT } from './exit.ts';
import { isoTime, printable } from './terminal-text.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface VerifyOptions {
  data?: string;
  head: AuditHead[];
  json?: boolean;
}

interface ListOptions {
  data?: string;
  limit: number;
  json?: boolean;
}

/** Reads the audit chain from the data directory; an engine may be running on it or not. */
export function auditCommand({ resources }: Installation): Command {
  return new Command('audit')
    .description('what people changed, chained so that nothing can be altered unnoticed')
    .addCommand(
      new Command('verify')
        .description('check the whole chain; exit code 1 when it is not intact')
        .option('--data <directory>', 'data directory')
        .option('--head <number:hash>', 'a head printed in a report; may be repeated', takeHead, [])
        .option('--json', 'the result as one JSON object')
        .action((options: VerifyOptions) => told(resources, (say) => verify(options, say))),
    )
    .addCommand(
      new Command('list')
        .description('the newest entries, newest last')
        .option('--data <directory>', 'data directory')
        .option('--limit <entries>', 'at most this many', parseLimit, 50)
        .option('--json', 'one JSON object a line')
        .action((options: ListOptions) => told(resources, (say) => list(options, say))),
    );
}

async function told(resources: string, work: (say: Say) => Promise<void> | void): Promise<void> {
  const { say } = loadWords(resources);
  try {
    await work(say);
  } catch (error) {
    throw failureToCommandError(error, say);
  }
}

async function verify(options: VerifyOptions, say: Say): Promise<void> {
  const audit = openAudit(dataDirectory(options.data));
  let result: AuditVerification;
  try {
    result = await audit.verify(options.head);
  } finally {
    audit.close();
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const sentence of sentences(result, say)) process.stdout.write(`${sentence}\n`);
  if (!result.intact) process.exitCode = EXIT.found;
}

function sentences({ intact, entries, head, faults }: AuditVerification, say: Say): string[] {
  const summary = say({
    key: intact ? 'audit.intact' : 'audit.notIntact',
    parameters: { n: entries, number: head.number, hash: head.hash },
  });
  const each = faults.map(({ kind, number }) => say({ key: `audit.fault.${kind}`, parameters: { number } }));
  return [summary, ...each.map((fault) => `  ${fault}`)];
}

function list(options: ListOptions, say: Say): void {
  const audit = openAudit(dataDirectory(options.data));
  try {
    const { entries } = audit.reader.list(undefined, options.limit);
    for (const entry of entries.reverse()) {
      if (options.json === true) process.stdout.write(`${JSON.stringify(entry)}\n`);
      else {
        const act = say({ key: `audit.action.${entry.action}`, parameters: {} });
        const { number, time, actor, subject, hash } = entry;
        process.stdout.write(
          `#${number}  ${isoTime(time)}  ${actor}  ${act}  ${printable(subject)}  ${hash.slice(0, 12)}\n`,
        );
      }
    }
  } finally {
    audit.close();
  }
}

function takeHead(text: string, heads: AuditHead[]): AuditHead[] {
  const [, number, hash] = /^#?(\d{1,15}):([0-9a-f]{64})$/i.exec(text.replaceAll(' ', '')) ?? [];
  if (number === undefined || hash === undefined)
    throw new CommandError(
      EXIT.usage,
      `"${text}" is not a head; write it as NUMBER:HASH, as the report prints it`,
    );
  return [...heads, { number: Number(number), hash: hash.toLowerCase() }];
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw new CommandError(EXIT.usage, `"${text}" is not a number of entries`);
  return limit;
}
