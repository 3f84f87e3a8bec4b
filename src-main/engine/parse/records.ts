import type { LogLine } from '../../../src-preload/contract/logs.ts';
import type { Clock } from '../flow/clock.ts';
import { splitLines } from '../flow/line-batch.ts';
import { FIELD, FORMATS } from '../flow/parsed-batch.ts';
import { continuesRecord } from './continuation.ts';
import type { CompiledFormat } from './custom/pattern-format.ts';
import { isRecordPart } from './formats/postgresql.ts';
import { createLineParser, type LineParser } from './line-parser.ts';

/*
 * Lines are kept one by one, as they stand in the file: their offsets are exact, and a count is that of the file. Which of
 * them belong together (a stack trace, PostgreSQL's DETAIL and STATEMENT) is told when they are shown.
 */

const POSTGRESQL = FORMATS.indexOf('postgresql');
const CUSTOM = FORMATS.indexOf('custom');
/** Of a line, what is looked at. */
const MAX_LOOKED = 2000;

/** What a line is to the record it belongs to. */
type Part = 'head' | 'continuation' | 'unstamped';

/** Of each source the line that came last: its time, and whether a line without a stamp would go on with it. */
type LastLines = Map<string, { time: number; open: boolean }>;

export interface RecordOptions {
  clock: Clock;
  /** The user's own format of a source, where it has one. */
  ownFormat?: ((sourceId: string) => CompiledFormat | undefined) | undefined;
}

/** Puts lines together that were written as one. One per page of lines. */
export class Records {
  readonly #options: RecordOptions;
  readonly #parsers = new Map<string, LineParser>();
  readonly #formats = new Map<string, CompiledFormat | undefined>();

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /**
   * Marks the lines of a page, oldest first, that go on with another one.
   * @param before what came before them, brought up to date
   */
  mark(lines: readonly LogLine[], before: LastLines = new Map()): LogLine[] {
    return lines.map((line) => {
      const part = this.#part(line);
      const last = before.get(line.sourceId);
      // A line without a stamp has the time of the one before it.
      const follows = part === 'unstamped' && last?.open === true && last.time === line.time;
      const continues = part === 'continuation' || follows;
      // A page may begin in the middle of a record.
      const open = part === 'head' || (continues && last?.open !== false);
      before.set(line.sourceId, { time: line.time, open });
      return continues ? { ...line, continues } : line;
    });
  }

  /** Only what comes before this line tells whether it stands alone: it has no stamp and nothing in it says so. */
  isUncertain(line: LogLine): boolean {
    return this.#part(line) === 'unstamped';
  }

  /** Marks the lines of a page whose beginning may lie in the middle of a record. */
  markAfter(before: readonly LogLine[], lines: readonly LogLine[]): LogLine[] {
    return this.mark([...before, ...lines]).slice(before.length);
  }

  /** The lines written as one with this one, in their order; undefined when it stands alone. */
  recordOf(neighbours: readonly LogLine[], id: string): LogLine[] | undefined {
    const marked = this.mark(neighbours);
    let from = marked.findIndex((line) => line.id === id);
    if (from < 0) return undefined;
    let to = from + 1;
    while (from > 0 && marked[from]?.continues === true) from -= 1;
    while (to < marked.length && marked[to]?.continues === true) to += 1;
    return to - from > 1 ? marked.slice(from, to) : undefined;
  }

  #part({ sourceId, text }: LogLine): Part {
    const bytes = Buffer.from(text.slice(0, MAX_LOOKED));
    if (bytes.length === 0) return 'unstamped';
    const own = this.#formatOf(sourceId);
    if (own === undefined && continuesRecord(bytes, 0, bytes.length)) return 'continuation';
    const batch = this.#parserOf(sourceId, own).parse(splitLines('', 0, 0, bytes));
    if (own?.multiline === true) return batch.formats[0] === CUSTOM ? 'head' : 'continuation';
    if (continuesRecord(bytes, 0, bytes.length)) return 'continuation';
    if (Number.isNaN(batch.times[0] ?? Number.NaN)) return 'unstamped';
    const message = batch.slices[FIELD.message * 2] ?? -1;
    const isPart = batch.formats[0] === POSTGRESQL && message >= 0 && isRecordPart(batch, 0, message);
    return isPart ? 'continuation' : 'head';
  }

  #formatOf(sourceId: string): CompiledFormat | undefined {
    if (!this.#formats.has(sourceId)) this.#formats.set(sourceId, this.#options.ownFormat?.(sourceId));
    return this.#formats.get(sourceId);
  }

  #parserOf(sourceId: string, custom: CompiledFormat | undefined): LineParser {
    const key = custom === undefined ? '' : sourceId;
    let parser = this.#parsers.get(key);
    if (parser === undefined) {
      // A line at a time: nothing of the one before is to be inherited.
      parser = createLineParser({ clock: this.#options.clock, custom });
      this.#parsers.set(key, parser);
    }
    return parser;
  }
}

/** Sources remembered; of more, all are forgotten at once, which costs a record its joining and nothing else. */
const MAX_LAST_LINES = 10_000;

/** Puts lines together as they are stored, push after push. */
export class LiveRecords {
  readonly #options: RecordOptions;
  readonly #before: LastLines = new Map();

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /**
   * Marks lines that go on with one of these or of those before them.
   * @param missing lines left out before them: what these go on with may be among those
   */
  mark(lines: readonly LogLine[], missing: number): LogLine[] {
    if (missing > 0 || this.#before.size > MAX_LAST_LINES) this.#before.clear();
    // Anew each time: the user's formats may have become others.
    return new Records(this.#options).mark(lines, this.#before);
  }
}
