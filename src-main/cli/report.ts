import { readFileSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Command, Option } from 'commander';
import {
  REPORT_FORMATS,
  REPORT_KINDS,
  REPORT_LANGUAGES,
  reportRequestSchema,
  type ReportFormat,
  type ReportRequest,
} from '../../src-preload/contract/reports.ts';
import type { TimeRange } from '../../src-preload/contract/shared.ts';
import { dataDirectory } from '../data-directory.ts';
import { reportTaskOf } from '../engine/report-offline.ts';
import { makeReport } from '../engine/report-making.ts';
import type { Installation } from '../installation.ts';
import { attachToEngine, callLimit, type EngineConnection } from '../wire/engine-client.ts';
import { CommandError, EXIT, unreadable } from './exit.ts';
import { printable } from './terminal-text.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface ReportFlags {
  out: string;
  format?: ReportFormat;
  kind: ReportRequest['kind'];
  lang?: ReportRequest['language'];
  range: string;
  passwordFile?: string;
  plainNames?: boolean;
  data?: string;
  json?: boolean;
}

/** What was written, for people and for programs. */
interface Written {
  file: string;
  format: ReportFormat;
  bytes: number;
  pages?: number | undefined;
  sha256: string;
  contentHash: string;
  auditHead: { number: number; hash: string };
  state: string;
  verdict: string;
  durationMs: number;
}

/** A report and its one file, whoever made it. */
interface Made {
  bytes: Uint8Array;
  info: Omit<Written, 'file' | 'format' | 'bytes' | 'durationMs' | 'verdict'> & { verdict: string };
}

const HOUR = 3_600_000;
const UNITS: Record<string, number> = { h: HOUR, d: 24 * HOUR };
/** How often a running engine is asked whether the report is there. */
const ASK_MS = 100;
const WAIT_MS = 120_000;

/** `yagura report`: by the running engine where there is one, else straight from the data directory. */
export function reportCommand(installation: Installation): Command {
  return new Command('report')
    .description('write a report about a range of time: PDF, HTML, CSV or JSON, by the ending of --out')
    .requiredOption('--out <file>', 'file to write; - writes to standard output and needs --format')
    .addOption(new Option('--format <format>', 'instead of by the ending').choices(REPORT_FORMATS))
    .addOption(new Option('--kind <kind>', 'what about').choices(REPORT_KINDS).default('security'))
    .addOption(new Option('--lang <language>', 'language; default: the terminal’s').choices(REPORT_LANGUAGES))
    .option('--range <range>', '24h, 7d, 30d or FROM..TO in ISO 8601', '24h')
    .option('--password-file <file>', 'its first line encrypts the PDF')
    .option('--plain-names', 'leave user names, e-mail addresses and account numbers as they are')
    .option('--data <directory>', 'data directory')
    .option('--json', 'what was written, as one JSON object')
    .action(async (flags: ReportFlags) => {
      const { language, say } = loadWords(installation.resources);
      try {
        await report(flags, requestOf(flags, language), installation, say);
      } catch (error) {
        throw failureToCommandError(error, say);
      }
    });
}

async function report(
  flags: ReportFlags,
  request: ReportRequest,
  installation: Installation,
  say: Say,
): Promise<void> {
  const begun = performance.now();
  const [format] = request.formats;
  if (format === undefined) throw new CommandError(EXIT.usage, 'No format was asked for.');
  const directory = dataDirectory(flags.data);
  const engine = await attachToEngine(directory);
  const made =
    engine === undefined
      ? await madeHere(request, format, directory, installation, say)
      : await madeByEngine(engine, request, format, say);
  if (flags.out === '-') process.stdout.write(made.bytes);
  else writeOut(flags.out, made.bytes);
  const written: Written = {
    file: flags.out,
    format,
    bytes: made.bytes.length,
    ...made.info,
    durationMs: Math.round(performance.now() - begun),
  };
  if (flags.json === true)
    process[flags.out === '-' ? 'stderr' : 'stdout'].write(`${JSON.stringify(written)}\n`);
  else process.stderr.write(`${printable(summary(written))}\n`);
}

function summary({ file, pages, bytes, durationMs, verdict }: Written): string {
  const size = [
    ...(pages === undefined ? [] : [`${pages} ${pages === 1 ? 'page' : 'pages'}`]),
    `${bytes.toLocaleString('en')} bytes`,
    `${durationMs.toLocaleString('en')} ms`,
  ];
  return `${file}: ${size.join(', ')}\n${verdict}`;
}

async function madeHere(
  request: ReportRequest,
  format: ReportFormat,
  directory: string,
  installation: Installation,
  say: Say,
): Promise<Made> {
  const { files, info } = await makeReport(reportTaskOf(request, directory, installation), {
    clock: { now: () => Date.now() },
    onProblem: ({ message }) => process.stderr.write(`yagura: ${printable(say(message))}\n`),
  });
  const file = files.find((each) => each.format === format);
  if (file === undefined) throw new CommandError(EXIT.engine, `No ${format} was written.`);
  const { pages, contentHash, auditHead, state, verdict } = info;
  return {
    bytes: file.bytes,
    info: { sha256: file.sha256, pages, contentHash, auditHead, state, verdict: say(verdict) },
  };
}

async function madeByEngine(
  engine: EngineConnection,
  request: ReportRequest,
  format: ReportFormat,
  say: Say,
): Promise<Made> {
  const { reports } = engine.client;
  try {
    const { id } = await reports.create(request, callLimit());
    const info = await finished(engine, id, say);
    const parts: Buffer[] = [];
    let offset = 0;
    for (;;) {
      const part = await reports.content({ id, format, offset }, callLimit());
      parts.push(Buffer.from(part.base64, 'base64'));
      offset += parts.at(-1)?.length ?? 0;
      if (offset >= part.bytes || parts.at(-1)?.length === 0) break;
    }
    const { pages, contentHash, auditHead, state, verdict, files } = info;
    const sha256 = files.find((file) => file.format === format)?.sha256 ?? '';
    return {
      bytes: Buffer.concat(parts),
      info: { sha256, pages, contentHash, auditHead, state, verdict: say(verdict) },
    };
  } finally {
    engine.close();
  }
}

/** Waits until the report is in the engine's list. */
async function finished(engine: EngineConnection, id: string, say: Say) {
  const until = performance.now() + WAIT_MS;
  const { reports } = engine.client;
  while (performance.now() < until) {
    const found = (await reports.list(undefined, callLimit())).find((info) => info.id === id);
    if (found !== undefined) return found;
    const failure = await failureOf(engine, id);
    if (failure !== undefined) throw new CommandError(EXIT.engine, say(failure));
    await setTimeout(ASK_MS);
  }
  throw new CommandError(EXIT.engine, 'The engine did not finish the report in time.');
}

/** Why the job failed, if it did: the first push of the stream tells the present state. */
async function failureOf(engine: EngineConnection, id: string) {
  const cancel = new AbortController();
  const states = await engine.client.reports.watch(undefined, { signal: cancel.signal });
  try {
    for await (const { items } of states) {
      const failure = items.at(-1)?.failure;
      return failure?.jobId === id ? failure.message : undefined;
    }
    return undefined;
  } finally {
    cancel.abort();
  }
}

function requestOf(flags: ReportFlags, terminal: ReportRequest['language']): ReportRequest {
  const format = flags.format ?? formatOfName(flags.out);
  const password = flags.passwordFile === undefined ? undefined : passwordIn(flags.passwordFile);
  if (password !== undefined && format !== 'pdf')
    throw new CommandError(EXIT.usage, 'Only a PDF can be encrypted.');
  const checked = reportRequestSchema.safeParse({
    kind: flags.kind,
    range: rangeOf(flags.range, Date.now()),
    language: flags.lang ?? terminal,
    formats: [format],
    pseudonyms: flags.plainNames !== true,
    password,
  });
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new CommandError(EXIT.badInput, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function formatOfName(file: string): ReportFormat {
  const ending = extname(file).slice(1).toLowerCase();
  const format = REPORT_FORMATS.find((each) => each === ending);
  if (format !== undefined) return format;
  throw new CommandError(
    EXIT.usage,
    `"${printable(file)}" ends in none of ${REPORT_FORMATS.map((each) => `.${each}`).join(', ')}; say --format`,
  );
}

/** `7d`: up to now. `2026-11-01..2026-11-08`: half-open. */
function rangeOf(text: string, now: number): TimeRange {
  const [, count, unit = ''] = /^(\d{1,4})([hd])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (count !== undefined && unitMs !== undefined && Number(count) > 0)
    return { from: now - Number(count) * unitMs, to: now };
  const [from, to, ...more] = text.split('..');
  const range = { from: Date.parse(from ?? ''), to: Date.parse(to ?? '') };
  if (more.length > 0 || Number.isNaN(range.from) || Number.isNaN(range.to) || range.from >= range.to)
    throw new CommandError(
      EXIT.usage,
      `"${text}" is not a range; write 24h, 7d or 2026-11-20T00:00:00+09:00..2026-11-21T00:00:00+09:00`,
    );
  return range;
}

function passwordIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw unreadable(file, codeOf(error));
  }
}

function writeOut(file: string, bytes: Uint8Array): void {
  try {
    // As private as the logs it tells of.
    writeFileSync(file, bytes, { mode: 0o600 });
  } catch (error) {
    throw new CommandError(EXIT.badInput, `${printable(file)} can't be written (${codeOf(error)}).`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
