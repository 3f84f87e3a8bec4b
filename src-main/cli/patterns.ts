import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { minePatterns, type CountedTemplate, type MinedPatterns } from '../engine/mine-patterns.ts';
import { tellDamage } from './damage.ts';
import { CommandError, EXIT, unreadable } from './exit.ts';
import { printable } from './terminal-text.ts';

interface PatternFlags {
  csv?: boolean;
  json?: boolean;
  top?: number;
}

/** `yagura patterns FILE`: what a log says again and again, and how often. */
export function patternsCommand(): Command {
  return new Command('patterns')
    .description('Group the lines of a log by their pattern, without storing anything')
    .argument('<file>', 'a log file, .gz and .zst too; - reads the standard input')
    .option('--csv', 'one row per line, in the order of the file: LineId,EventId,EventTemplate')
    .option('--json', 'the patterns with their counts as JSON')
    .option('--top <n>', 'only the n patterns with the most lines', parseCount)
    .action(async (file: string, flags: PatternFlags) => {
      if (flags.csv === true && flags.json === true)
        throw new CommandError(EXIT.usage, 'Give either --csv or --json.');
      if (flags.csv === true && flags.top !== undefined)
        throw new CommandError(EXIT.usage, '--csv writes every line; --top is for the list of patterns.');
      const mined = await mine(file);
      if (flags.csv === true) await printLines(mined);
      else if (flags.json === true) await print(`${JSON.stringify(asJson(mined, flags.top))}\n`);
      else await print(asTable(mined, flags.top));
    });
}

async function mine(file: string): Promise<MinedPatterns> {
  const progress = new Progress();
  try {
    return await minePatterns(file === '-' ? process.stdin : file, {
      onProgress: (done) => progress.show(done),
      onDamage: (damage) => tellDamage(damage, file),
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      throw unreadable(file, error.code);
    throw error;
  } finally {
    progress.end();
  }
}

/** One line on stderr, drawn over at most four times a second; nothing where nobody looks. */
class Progress {
  #shownAt = 0;

  show({ lines, bytes }: { lines: number; bytes: number }): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#shownAt < 250) return;
    this.#shownAt = now;
    process.stderr.write(`\r${lines.toLocaleString('en')} lines, ${(bytes / 1e6).toFixed(0)} MB read\x1b[K`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

/** Waits while the reader of the output is slower than we are. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Rows written together. */
const ROWS = 4096;

async function printLines(mined: MinedPatterns): Promise<void> {
  const fields = new Map<string, string>();
  let rows = ['LineId,EventId,EventTemplate\n'];
  for (let line = 0; line < mined.lines; line += 1) {
    const { id, text } = mined.templateOf(line);
    let field = fields.get(id);
    if (field === undefined) {
      field = `${id},${csvField(text)}\n`;
      fields.set(id, field);
    }
    rows.push(`${line + 1},${field}`);
    if (rows.length >= ROWS) {
      await print(rows.join(''));
      rows = [];
    }
  }
  await print(rows.join(''));
}

function csvField(value: string): string {
  const text = printable(value).replaceAll('\n', ' ');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function asJson(mined: MinedPatterns, top: number | undefined): object {
  return {
    lines: mined.lines,
    patterns: mined.templates.length,
    ...(mined.lumped === 0 ? {} : { lumped: mined.lumped }),
    templates: mined.templates.slice(0, top).map(({ id, text, lines, firstLine }) => ({
      id,
      template: text,
      count: lines,
      share: lines / mined.lines,
      firstLine,
    })),
  };
}

function asTable(mined: MinedPatterns, top: number | undefined): string {
  const shown = mined.templates.slice(0, top);
  const rows = shown.map((template) => tableRow(template, mined.lines));
  const left = mined.templates.length - shown.length;
  const lines = [
    `${mined.lines.toLocaleString('en')} lines, ${mined.templates.length.toLocaleString('en')} patterns`,
    `${'lines'.padStart(11)} ${'share'.padStart(7)}  pattern`,
    ...rows,
  ];
  if (left > 0) lines.push(`  … and ${left.toLocaleString('en')} more patterns`);
  if (mined.lumped > 0)
    lines.push(`  ${mined.lumped.toLocaleString('en')} kinds of line had no room and count as <*>`);
  return `${lines.join('\n')}\n`;
}

function tableRow({ text, lines }: CountedTemplate, all: number): string {
  const share = ((lines / all) * 100).toFixed(lines === all ? 0 : 2);
  return `${lines.toLocaleString('en').padStart(11)} ${`${share} %`.padStart(7)}  ${printable(text)}`;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count === 0) throw new InvalidArgumentError('Write a whole number above 0.');
  return count;
}
