import { Command, InvalidArgumentError } from 'commander';
import { dataDirectory } from '../data-directory.ts';
import { ingest, type IngestTotals } from '../engine/ingest.ts';
import type { Installation } from '../installation.ts';
import { failureToCommandError, loadWords, type Say } from './words.ts';

interface IngestFlags {
  data?: string;
  json?: boolean;
  tz?: string;
  year?: number;
}

/** What an ingest took, with the processor time of all threads and children. */
interface IngestReport extends IngestTotals {
  wallSeconds: number;
  cpuSeconds: number;
  linesPerSecond: number;
  linesPerCpuSecond: number;
}

/** `yagura ingest FILE…`: reads files to their ends into a data directory that no engine runs on. */
export function ingestCommand(installation: Installation): Command {
  return new Command('ingest')
    .description(
      'read log files to their ends into the data directory: stored, searched for attacks, searchable',
    )
    .argument('<file...>', 'log files; those compressed by gzip or zstd are read too')
    .option('--data <directory>', 'data directory')
    .option('--json', 'print the totals as JSON')
    .option('--tz <zone>', 'time zone of stamps that carry none, e.g. Asia/Tokyo (default: this machine)')
    .option('--year <yyyy>', 'year of stamps that carry none (default: inferred)', parseYear)
    .action(async (files: string[], flags: IngestFlags) => {
      const { say } = loadWords(installation.resources);
      const report = await measured(files, flags, installation, say);
      if (flags.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
      else process.stdout.write(humanReport(report));
    });
}

async function measured(
  files: string[],
  flags: IngestFlags,
  installation: Installation,
  say: Say,
): Promise<IngestReport> {
  const begun = performance.now();
  const progress = new Progress();
  try {
    const totals = await ingest({
      ...installation,
      dataDirectory: dataDirectory(flags.data),
      files,
      timeZone: flags.tz,
      year: flags.year,
      onProgress: (done) => progress.show(done),
      onProblem: (problem) => process.stderr.write(`yagura: ${say(problem)}\n`),
    });
    progress.end();
    const wallSeconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1e6;
    return {
      ...totals,
      wallSeconds,
      cpuSeconds,
      linesPerSecond: totals.lines / wallSeconds,
      linesPerCpuSecond: totals.lines / cpuSeconds,
    };
  } catch (error) {
    throw failureToCommandError(error, say);
  }
}

/** One line on stderr, drawn over at most four times a second; nothing where nobody looks. */
class Progress {
  #shownAt = 0;

  show({ lines, bytes, totalBytes }: { lines: number; bytes: number; totalBytes: number }): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#shownAt < 250) return;
    this.#shownAt = now;
    const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
    process.stderr.write(`\r${percent} %  ${lines.toLocaleString('en')} lines\x1b[K`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

function humanReport(report: IngestReport): string {
  const count = (value: number): string => Math.round(value).toLocaleString('en');
  return [
    `lines      ${count(report.lines)} read, ${count(report.stored)} new`,
    `bytes      ${count(report.bytes)} read, ${count(report.diskBytes)} on disk`,
    `findings   ${count(report.findings)} new`,
    `wall       ${report.wallSeconds.toFixed(2)} s, ${count(report.linesPerSecond)} lines/s`,
    `processor  ${report.cpuSeconds.toFixed(2)} s, ${count(report.linesPerCpuSecond)} lines per processor second`,
    '',
  ].join('\n');
}

function parseYear(text: string): number {
  if (!/^\d{4}$/.test(text)) throw new InvalidArgumentError('Write the year with four digits.');
  return Number(text);
}
