import { BatchMemory } from '../../flow/batch-memory.ts';
import { grown } from '../../flow/grown.ts';
import { LINES_PER_RUN } from '../../flow/line-runs.ts';
import { FIELD, FIELD_COUNT, FORMATS, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { learnHeader, messageStart, type HeaderLayout } from './header-layout.ts';
import {
  patternEntry,
  type PatternChange,
  type PatternColumn,
  type Template,
} from '../../flow/pattern-entry.ts';
import { OTHER, PatternMiner } from './pattern-miner.ts';
import { RouteScanner } from './route-scanner.ts';
import { ShapeScanner } from './shape-scanner.ts';
import { isVariable, isVariableRoutePart } from './variable-judge.ts';

export interface LinePatternsOptions {
  /** Templates kept, of messages and of requests each. */
  maxTemplates?: number;
  /** These three: see PatternMiner. */
  whenFull: 'forget' | 'lump';
  mask?: ((text: string) => string) | undefined;
  paced?: boolean;
}

/** Streams whose header is remembered; forgetting one costs to look at its lines again. */
const MAX_STREAMS = 4096;
/** Lines before a stream's header is settled: fewer may be all of one kind by chance. */
const ENOUGH_LINES = 32;

const TEXT = FORMATS.indexOf('text');
/** Formats that name their message or have none: their lines' beginning is no header. */
const NAMED = new Set([FORMATS.indexOf('json'), FORMATS.indexOf('logfmt'), FORMATS.indexOf('w3c')]);

/**
 * Finds the pattern of every line of parsed batches. One per line worker, or one for a whole file.
 * Requests are grouped by method, route and status, all other lines by their message.
 */
export class LinePatterns {
  readonly #messages: PatternMiner;
  readonly #routes: PatternMiner;
  readonly #shape = new ShapeScanner();
  readonly #route = new RouteScanner();
  readonly #layouts = new Map<number, { layout: HeaderLayout; lines: number }>();
  /** By node: where its template stands in the table of the column in hand; 0 = not yet. */
  #places = new Uint32Array(0);
  /** The line in hand. */
  #asked: ParsedBatch | undefined;
  #askedLine = 0;
  /** The name in it: one function for all lines, as it is asked for only where a shape is new. */
  readonly #user = (): string | undefined => this.#asked?.field(this.#askedLine, FIELD.user);

  constructor({ maxTemplates, ...rest }: LinePatternsOptions) {
    const options = maxTemplates === undefined ? rest : { ...rest, maxNodes: maxTemplates };
    this.#messages = new PatternMiner({ judge: isVariable, ...options });
    this.#routes = new PatternMiner({ judge: isVariableRoutePart, ...options });
  }

  /** Templates or lines that there was no room for. */
  get forgotten(): number {
    return this.#messages.forgotten + this.#routes.forgotten;
  }

  /** Templates kept now. */
  get size(): number {
    return this.#messages.size + this.#routes.size;
  }

  /**
   * @param nodes takes a number per line, for `template`; as long as the batch. The numbers are good until the next call
   * with `forget`, for ever with `lump`
   */
  mine(batch: ParsedBatch, nodes: Int32Array): void {
    this.#messages.settle(batch.count);
    this.#routes.settle(batch.count);
    const layout = this.#layoutOf(batch);
    for (let from = 0; from < batch.count; from += LINES_PER_RUN)
      this.#mineRun(batch, from, Math.min(batch.count, from + LINES_PER_RUN), layout, nodes);
  }

  #mineRun(batch: ParsedBatch, from: number, to: number, layout: HeaderLayout, nodes: Int32Array): void {
    const { bytes, slices, statuses } = batch;
    for (let line = from; line < to; line += 1) {
      const slots = line * FIELD_COUNT * 2;
      const target = slices[slots + FIELD.target * 2] ?? -1;
      const status = statuses[line] ?? 0;
      if (target >= 0 && status > 0) {
        const method = slices[slots + FIELD.method * 2] ?? -1;
        const methodEnd = method < 0 ? method : (slices[slots + FIELD.method * 2 + 1] ?? method);
        const targetEnd = slices[slots + FIELD.target * 2 + 1] ?? target;
        this.#route.scan(bytes, method, methodEnd, target, targetEnd, status);
        nodes[line] = this.#routes.add(this.#route, bytes) * 2 + 1;
      } else nodes[line] = this.#message(batch, line, layout) * 2;
    }
  }

  /** Makes all that was seen as general as it can be, at the end of a file. */
  finish(): void {
    this.#messages.learn();
    this.#routes.learn();
  }

  /**
   * The same as a column for the store.
   * @param memory where the column lies until the next batch
   */
  column(batch: ParsedBatch, memory = new BatchMemory()): PatternColumn {
    const nodes = memory.int32('pattern nodes', batch.count);
    this.mine(batch, nodes);
    const table = [''];
    const index = memory.uint32('patterns', batch.count);
    for (let from = 0; from < batch.count; from += LINES_PER_RUN)
      this.#placeRun(nodes, from, Math.min(batch.count, from + LINES_PER_RUN), index, table);
    this.#places.fill(0);
    return { table, index };
  }

  #placeRun(nodes: Int32Array, from: number, to: number, index: Uint32Array, table: string[]): void {
    for (let line = from; line < to; line += 1) {
      const node = nodes[line] ?? 0;
      if (node >= this.#places.length)
        this.#places = grown(this.#places, new Uint32Array(Math.max(1024, node * 2)));
      if (this.#places[node] === 0) this.#places[node] = table.push(patternEntry(this.template(node))) - 1;
      index[line] = this.#places[node] ?? 0;
    }
  }

  /** Templates that became more general since the last time. */
  takeChanges(): PatternChange[] {
    return [...this.#messages.takeChanges(), ...this.#routes.takeChanges()];
  }

  /** The template of a line's number. */
  template(node: number): Template {
    if (node < 0) return OTHER;
    return (node % 2 === 1 ? this.#routes : this.#messages).template(node >> 1);
  }

  #message(batch: ParsedBatch, line: number, layout: HeaderLayout): number {
    const { bytes } = batch;
    const start = batch.starts[line] ?? 0;
    const end = batch.ends[line] ?? start;
    const known = batch.slices[(line * FIELD_COUNT + FIELD.message) * 2] ?? -1;
    this.#asked = batch;
    this.#askedLine = line;
    const named = NAMED.has(batch.formats[line] ?? TEXT);
    if (known <= -2) {
      const decoded = Buffer.from(batch.decoded[-2 - known] ?? '');
      this.#shape.scan(decoded, 0, decoded.length);
      return this.#messages.add(this.#shape, decoded, this.#user);
    }
    if (named && known >= 0) {
      const messageEnd = batch.slices[(line * FIELD_COUNT + FIELD.message) * 2 + 1] ?? end;
      this.#shape.scan(bytes, known, messageEnd);
    } else {
      const from = layout.length === 0 ? -1 : messageStart(layout, bytes, start, end);
      this.#shape.scan(bytes, from > start ? from : Math.max(start, known), end);
    }
    return this.#messages.add(this.#shape, bytes, this.#user);
  }

  #layoutOf(batch: ParsedBatch): HeaderLayout {
    const known = this.#layouts.get(batch.stream);
    // Learnt from few lines it is learnt anew from more.
    if (known !== undefined && (known.lines >= ENOUGH_LINES || known.lines >= batch.count))
      return known.layout;
    let layout = learnHeader(batch.bytes, batch.starts, batch.ends);
    if (parserKnows(layout, batch)) layout = [];
    if (this.#layouts.size >= MAX_STREAMS) this.#layouts.clear();
    this.#layouts.set(batch.stream, { layout, lines: batch.count });
    return layout;
  }
}

/** Whether the parser found the same beginnings of messages, so that they need not be looked for again. */
function parserKnows(layout: HeaderLayout, batch: ParsedBatch): boolean {
  let same = 0;
  const stride = Math.max(1, Math.floor(batch.count / 400));
  let looked = 0;
  for (let line = 0; line < batch.count; line += stride) {
    const from = messageStart(layout, batch.bytes, batch.starts[line] ?? 0, batch.ends[line] ?? 0);
    if (batch.slices[(line * FIELD_COUNT + FIELD.message) * 2] === from) same += 1;
    looked += 1;
  }
  return same >= looked * SAME;
}

/** Share of the lines; the rest are those the steps don't fit and that the parser understands. */
const SAME = 0.98;
