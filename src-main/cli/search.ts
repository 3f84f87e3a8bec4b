import { Command, Option } from 'commander';
import { MAX_QUERY_LENGTH, type ExportMask } from '../../src-preload/contract/limits.ts';
import type { ParsedLogFilter } from '../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import { phraseOf } from '../../src-preload/contract/query/print.ts';
import { SEVERITIES, severityOfLevel, type Severity } from '../../src-preload/contract/severities.ts';
import { dataDirectory } from '../data-directory.ts';
import { exportHeader, exportRow } from '../engine/export-rows.ts';
import { countLogs } from '../engine/count-logs.ts';
import type { Failure } from '../engine/flow/failure.ts';
import type { Installation } from '../installation.ts';
import { CommandError, EXIT } from './exit.ts';
import { KEEP_HELP, MASK_HELP, maskedKinds, parseKinds } from './mask-options.ts';
import { isoTime, printable } from './terminal-text.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface SearchOptions {
  data?: string;
  count?: boolean;
  json?: boolean;
  jsonl?: boolean;
  csv?: boolean;
  regex?: boolean;
  fixedStrings?: boolean;
  severity?: Severity[];
  address?: string;
  from?: string;
  to?: string;
  limit: number;
  mask?: boolean;
  keep?: ExportMask[];
}

const PAGE = 1000;
const LATEST = 8.64e15;

/** Reads history straight from the data directory; an engine may be running on it or not. */
export function searchCommand(installation: Installation): Command {
  return new Command('search')
    .description('find stored log lines; a bare word finds every line that contains it, whatever its case')
    .argument(
      '<query>',
      'words, "quoted phrases", -word to leave out, OR, ( ), field:value, status:500..599, time:>=now-1h, /expression/',
    )
    .option('--data <directory>', 'data directory')
    .option('--regex', 'the query is one regular expression (RE2 syntax)')
    .option('-F, --fixed-strings', 'the query is one text, looked for as it stands')
    .addOption(new Option('--severity <severity...>', 'only lines of these').choices(SEVERITIES))
    .option('--address <address>', 'only lines of this client address')
    .option('--from <time>', 'ISO 8601, from this time on')
    .option('--to <time>', 'ISO 8601, before this time')
    .option('--limit <lines>', 'print at most this many, newest', parseCount, 200)
    .option('--count', 'print only how many lines match')
    .option('--jsonl', 'one JSON object a line (--json is the same)')
    .addOption(new Option('--json').hideHelp())
    .option('--csv', 'comma-separated values with a header')
    .option('--mask', MASK_HELP)
    .option('--keep <kinds>', KEEP_HELP, parseKinds)
    .action(async (query: string, options: SearchOptions) => {
      // Words are read when there is something to say.
      const say: Say = (message) => loadWords(installation.resources).say(message);
      try {
        await search(query, options, installation, say);
      } catch (error) {
        throw failureToCommandError(error, say);
      }
    });
}

async function search(
  query: string,
  options: SearchOptions,
  installation: Installation,
  say: Say,
): Promise<void> {
  const filter = await checked(toFilter(query, options));
  const directory = dataDirectory(options.data);
  const onProblem = ({ message }: Failure): void => void process.stderr.write(`yagura: ${say(message)}\n`);
  if (options.count === true) {
    const count = await countLogs(directory, filter, installation.threads.reader, onProblem, showProgress);
    process.stdout.write(`${count}\n`);
    return;
  }
  const { openLogs } = await import('../engine/offline.ts');
  const logs = openLogs(directory, onProblem);
  try {
    const pages: LogLine[][] = [];
    let cursor: string | undefined;
    let left = options.limit;
    do {
      const page = logs.search(filter, 'older', cursor, Math.min(PAGE, left), NEVER);
      pages.unshift(page.lines);
      left -= page.lines.length;
      cursor = page.cursor;
    } while (cursor !== undefined && left > 0);
    const lines = pages.flat();
    const kinds = maskedKinds(options);
    if (kinds === undefined) {
      print(lines, options);
      return;
    }
    const { exportRedactor, redactLines, storedMasking } = await import('../engine/export-masking.ts');
    const masking = storedMasking(
      { resources: installation.resources, dataDirectory: directory },
      installation.managedSettings,
    );
    print(redactLines(exportRedactor(masking, kinds), lines, masking.usersIn), options);
  } finally {
    logs.close();
  }
}

const NEVER = { cancelled: false };

/** On a terminal only, over itself; gone once the number is there. */
function showProgress({ scanned, total, count }: { scanned: number; total: number; count: number }): void {
  if (!process.stderr.isTTY) return;
  const done = scanned >= total;
  const far = `${scanned.toLocaleString('en')} of ${total.toLocaleString('en')} lines, ${count.toLocaleString('en')} found`;
  process.stderr.write(done ? '\r\u001b[K' : `\r\u001b[K${far}`);
}

function print(lines: LogLine[], options: SearchOptions): void {
  const asJson = options.json === true || options.jsonl === true;
  const format = options.csv === true ? 'csv' : asJson ? 'jsonl' : undefined;
  if (format !== undefined) process.stdout.write(exportHeader(format));
  for (const line of lines)
    process.stdout.write(format === undefined ? `${humanLine(line)}\n` : exportRow(line, format));
}

function faultOf({ issues }: { issues: { path: PropertyKey[]; message: string }[] }): string {
  return issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`).join('; ');
}

/**
 * Most searches are a text and nothing else: there is nothing in them for the contract's schema to find fault with, and to
 * load it takes as long as many a search.
 */
async function checked(filter: ParsedLogFilter): Promise<ParsedLogFilter> {
  const { text, regex, ...rest } = filter;
  if (text.length <= MAX_QUERY_LENGTH && Object.keys(rest).length === 0) return { text, regex };
  const { logFilterSchema } = await import('../../src-preload/contract/log-filter.ts');
  const found = logFilterSchema.safeParse(filter);
  if (found.success) return found.data;
  throw new CommandError(EXIT.badInput, `This can’t be searched for: ${faultOf(found.error)}`);
}

function toFilter(query: string, options: SearchOptions): ParsedLogFilter {
  const text = options.fixedStrings === true ? phraseOf(query) : query;
  const filter: ParsedLogFilter = { text, regex: options.regex ?? false };
  if (options.severity !== undefined) filter.severities = options.severity;
  if (options.address !== undefined) filter.address = options.address;
  if (options.from !== undefined || options.to !== undefined) {
    filter.range = { from: parseTime(options.from, 0), to: parseTime(options.to, LATEST) };
  }
  return filter;
}

function parseTime(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new CommandError(EXIT.usage, `"${text}" is not a time; write it as 2026-11-21T09:00:00Z`);
  return time;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new CommandError(EXIT.usage, `"${text}" is not a number of lines`);
  return count;
}

function humanLine(line: LogLine): string {
  return `${isoTime(line.time)}  ${severityOfLevel(line.level).padEnd(8)}  ${printable(line.text)}`;
}
