import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import type { ExportMask } from '../../src-preload/contract/limits.ts';
import { SEVERITIES, type Severity } from '../../src-preload/contract/shared.ts';
import { dataDirectory } from '../data-directory.ts';
import {
  scanFile,
  type ScanFinding,
  type ScanOptions,
  type ScanRow,
  type ScanTotals,
} from '../engine/scan.ts';
import type { Installation } from '../installation.ts';
import { tellDamage } from './damage.ts';
import { CommandError, EXIT, unreadable } from './exit.ts';
import { KEEP_HELP, maskedKinds, parseKinds } from './mask-options.ts';
import { isoTime, printable } from './terminal-text.ts';

interface ScanFlags {
  csv?: boolean;
  jsonl?: boolean;
  tz?: string;
  year?: number;
  rules?: string;
  failOn?: Severity;
  mask?: boolean;
  keep?: ExportMask[];
}

type ScanItem = ScanRow | ScanFinding;
type Print = (text: string) => Promise<void>;

/**
 * `yagura scan FILE…`: what the detectors make of log files, without a store.
 */
export function scanCommand(installation: Installation): Command {
  return new Command('scan')
    .description('Find attacks in log files, without storing anything')
    .argument('<file...>', 'log files; those compressed by gzip or zstd are read too')
    .option(
      '--csv',
      'one row per line that means something: line,time,format,event,category,address,user,rule',
    )
    .option('--jsonl', 'one JSON object per finding and per attack line')
    .option('--tz <zone>', 'time zone of stamps that carry none, e.g. Asia/Tokyo (default: this machine)')
    .option('--year <yyyy>', 'year of stamps that carry none (default: inferred)', parseYear)
    .option('--rules <directory>', 'further rules of your own')
    .option('--mask', 'replace addresses and users by pseudonyms, the same for the same one')
    .option('--keep <kinds>', KEEP_HELP, parseKinds)
    .option('--fail-on <severity>', 'exit with 1 when something at least this severe is found', parseSeverity)
    .action(async (files: string[], flags: ScanFlags) => {
      if (flags.csv === true && flags.jsonl === true)
        throw new CommandError(EXIT.usage, 'Give either --csv or --jsonl.');
      const found = await scanAll(files, flags, installation);
      if (flags.failOn !== undefined && found.has(flags.failOn)) process.exitCode = EXIT.found;
    });
}

async function scanAll(
  files: string[],
  flags: ScanFlags,
  installation: Installation,
): Promise<Set<Severity>> {
  const { resources, builtRules } = installation;
  const options: ScanOptions = {
    resources,
    builtRules,
    timeZone: flags.tz,
    year: flags.year,
    userRules: flags.rules,
  };
  const reached = new Set<Severity>();
  const mask = await maskOf(flags, installation);
  if (flags.csv === true) await print('line,time,format,event,category,address,user,rule\n');
  for (const file of files) {
    const totals: ScanTotals = { lines: 0, bytes: 0, problems: [] };
    const tally = new Tally();
    let reported = 0;
    try {
      for await (const found of scanFile(file, options, totals)) {
        const item = mask(found);
        if (reported < totals.problems.length) reported = reportProblems(totals);
        tally.add(item);
        if (item.kind === 'finding') reach(reached, item.finding.severity);
        else if (item.event === 'web_attack') reach(reached, 'error');
        const text =
          flags.csv === true ? csvRow(item) : flags.jsonl === true ? jsonRow(item, file) : undefined;
        if (text !== undefined) await print(text);
      }
    } catch (error) {
      throw asCommandError(error, file);
    }
    if (reported < totals.problems.length) reportProblems(totals);
    if (totals.damage !== undefined) tellDamage(totals.damage, file);
    if (flags.csv !== true && flags.jsonl !== true) await print(tally.text(file, totals));
  }
  return reached;
}

/** What leaves of a finding or line; the key is that of this machine's data directory, so that pseudonyms agree with its. */
async function maskOf(
  flags: ScanFlags,
  { resources, managedSettings }: Installation,
): Promise<(item: ScanItem) => ScanItem> {
  const kinds = maskedKinds(flags);
  if (kinds === undefined) return (item) => item;
  // Loaded when it is asked for: a scan without it starts in half the time.
  const { exportRedactor, storedMasking } = await import('../engine/export-masking.ts');
  const redactor = exportRedactor(
    storedMasking({ resources, dataDirectory: dataDirectory(undefined) }, managedSettings),
    kinds,
  );
  const hidden = (user: string): string => (kinds.includes('user') ? redactor.user(user) : user);
  return (item) => {
    if (item.kind === 'line')
      return { ...item, address: redactor.address(item.address), user: hidden(item.user) };
    const { finding } = item;
    const addresses = finding.addresses.map((address) => redactor.address(address));
    const user = finding.user === undefined ? {} : { user: hidden(finding.user) };
    return { ...item, finding: { ...finding, addresses, ...user } };
  };
}

/** Severities at or below the one that was found are reached as well. */
function reach(reached: Set<Severity>, severity: Severity): void {
  for (const other of SEVERITIES.slice(SEVERITIES.indexOf(severity))) reached.add(other);
}

/** Waits while the reader of the output is slower than we are: constant memory. */
const print: Print = async (text) => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};

function csvRow(item: ScanRow | ScanFinding): string | undefined {
  if (item.kind !== 'line') return undefined;
  const time = item.time === undefined ? '' : isoTime(item.time);
  const fields = [
    item.line,
    time,
    item.format,
    item.event,
    item.categories.join('|'),
    item.address,
    item.user,
    item.rules.join('|'),
  ];
  return `${fields.map(csvField).join(',')}\n`;
}

function csvField(value: string | number): string {
  const text = printable(String(value)).replaceAll('\n', ' ');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonRow(item: ScanRow | ScanFinding, file: string): string | undefined {
  if (item.kind === 'finding') {
    const { finding } = item;
    return `${JSON.stringify({
      type: finding.type,
      ips: finding.addresses,
      time: isoTime(finding.time),
      file,
      line: item.line,
      rule: finding.ruleId,
      severity: finding.severity,
      risk: finding.risk,
      count: finding.count,
      firstTime: isoTime(finding.firstTime),
      ...(finding.user === undefined ? {} : { user: finding.user }),
    })}\n`;
  }
  if (item.event !== 'web_attack') return undefined;
  const time = item.time === undefined ? {} : { time: isoTime(item.time) };
  const ips = item.address === '' ? [] : [item.address];
  return item.categories
    .map((type) => `${JSON.stringify({ type, ips, ...time, file, line: item.line, rules: item.rules })}\n`)
    .join('');
}

/** What a person is told about one file: counts by kind, then every finding. Bounded by kinds, not by lines. */
class Tally {
  readonly #counts = new Map<string, { lines: number; addresses: Set<string>; first: number }>();
  readonly #findings: string[] = [];
  #left = 0;

  add(item: ScanRow | ScanFinding): void {
    if (item.kind === 'finding') {
      if (this.#findings.length < MAX_PRINTED) this.#findings.push(findingLine(item));
      else this.#left += 1;
      return;
    }
    for (const name of item.categories.length > 0 ? item.categories : [item.event]) {
      const count = this.#counts.get(name) ?? { lines: 0, addresses: new Set(), first: item.line };
      count.lines += 1;
      if (count.addresses.size < MAX_COUNTED) count.addresses.add(item.address);
      this.#counts.set(name, count);
    }
  }

  text(file: string, totals: ScanTotals): string {
    const rows = [...this.#counts].sort(([, a], [, b]) => b.lines - a.lines);
    const lines = [`${printable(file)}: ${totals.lines} lines`];
    for (const [name, { lines: count, addresses, first }] of rows) {
      const many = addresses.size >= MAX_COUNTED ? `${MAX_COUNTED}+` : String(addresses.size);
      lines.push(
        `  ${name.padEnd(20)} ${String(count).padStart(8)} lines  ${many.padStart(6)} addresses  first at line ${first}`,
      );
    }
    if (rows.length === 0) lines.push('  nothing that looks like an attack or a sign-in');
    lines.push(...this.#findings);
    if (this.#left > 0) lines.push(`  … and ${this.#left} more findings (--jsonl lists all)`);
    return `${lines.join('\n')}\n`;
  }
}

const MAX_PRINTED = 200;
const MAX_COUNTED = 10_000;

function findingLine({ finding, line }: ScanFinding): string {
  const who =
    finding.addresses.length > 3
      ? `${finding.addresses.slice(0, 3).join(', ')} and ${finding.addresses.length - 3} more`
      : finding.addresses.join(', ');
  const user = finding.user === undefined ? '' : `  user ${finding.user}`;
  return `  ${finding.severity.padEnd(8)} ${finding.type.padEnd(20)} risk ${String(finding.risk).padStart(3)}  ${isoTime(finding.time)}  ${printable(who)}${printable(user)}  ${finding.count} events, line ${line}`;
}

function reportProblems(totals: ScanTotals): number {
  for (const problem of totals.problems) {
    const detail = Object.values(problem.message.parameters).join(' ');
    process.stderr.write(
      `yagura: rule file ${printable(problem.file)}, line ${problem.line}${problem.field === '' ? '' : `, ${problem.field}`}: ${printable(detail)}\n`,
    );
  }
  return totals.problems.length;
}

function asCommandError(error: unknown, file: string): unknown {
  if (error instanceof RangeError)
    return new CommandError(EXIT.usage, `${error.message} Give an IANA zone, e.g. --tz UTC.`);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return unreadable(file, error.code);
  }
  return error;
}

function parseYear(text: string): number {
  const year = Number(text);
  if (!/^\d{4}$/.test(text) || year < 1970) throw new InvalidArgumentError('a year such as 2026');
  return year;
}

function parseSeverity(text: string): Severity {
  const severity = SEVERITIES.find((one) => one === text);
  if (severity === undefined) throw new InvalidArgumentError(`one of ${SEVERITIES.join(', ')}`);
  return severity;
}
