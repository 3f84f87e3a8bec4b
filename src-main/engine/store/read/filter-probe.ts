import { ALL_FRAMES } from '../block/frame-layout.ts';
import {
  FILTER_HEADER_BYTES,
  filterPlaces,
  framesAllowed,
  NOWHERE,
  type FilterPlace,
  type FilterQuestion,
} from '../block/gram-filter.ts';
import { framesWith, sectionOf } from '../block/number-list.ts';
import type { Query, ReadableDatabase } from '../database.ts';
import { LOGS_WITH_NUMBERS } from '../migrations/logs/index.ts';

/**
 * Asks the filters of stored blocks for a few bytes each, in SQL. A filter is 40 kB: to fetch one as a whole makes new
 * memory of it, which takes 0.15 ms of a process that has just started, where this takes 0.03.
 */
export class FilterProbe {
  readonly #database: ReadableDatabase;
  readonly #queries = new Map<number, Query<number[], ProbeRow>>();
  readonly #places = new WeakMap<FilterQuestion, { header: string; places: AskedPlaces }>();
  /** By the section of the list that they read: of one block, and of all from one on. */
  readonly #sections = new Map<number, SectionQueries>();
  readonly #listed = new WeakMap<FilterQuestion, ListedFrames>();
  readonly #hasNumbers: boolean;
  readonly #runs = new WeakMap<FilterQuestion, AskedRun>();
  /** The block asked last, and its header: nearly all of a partition have the same. */
  #asked = 0;
  #header = '';

  constructor(database: ReadableDatabase) {
    this.#database = database;
    this.#hasNumbers = database.version >= LOGS_WITH_NUMBERS;
  }

  /** The frames of the block that can have what is asked for, a bit each: 0 only when none can. */
  frames(block: number, question: FilterQuestion): number {
    const listed = this.#framesListed(block, question);
    if (listed === 0 || (listed !== undefined && question.ofNumbers)) return listed;
    return (listed ?? ALL_FRAMES) & this.#framesMarked(block, question);
  }

  /** @returns undefined where the numbers of the block are not listed, or none is asked for */
  #framesListed(block: number, question: FilterQuestion): number | undefined {
    const [first, ...others] = question.numbers.slice(0, MOST_NUMBERS);
    if (!this.#hasNumbers || first === undefined) return undefined;
    let frames = this.#framesWithFirst(first, block, question);
    for (const number of others) {
      if (frames === undefined || frames === 0) break;
      const section = this.#sectionQueries(number).one.get(block)?.section;
      frames = section && frames & framesWith(number, section);
    }
    return frames;
  }

  /** Asks all blocks at once: a section is so little that asking takes longer than reading. */
  #framesWithFirst(number: number, block: number, question: FilterQuestion): number | undefined {
    let known = this.#listed.get(question);
    if (known === undefined)
      this.#listed.set(question, (known = { upTo: 0, frames: new Map<number, number>() }));
    if (block > known.upTo) {
      for (const row of this.#sectionQueries(number).after.all(known.upTo)) {
        known.frames.set(row.block, framesWith(number, row.section));
        known.upTo = row.block;
      }
      known.upTo = Math.max(known.upTo, block);
    }
    return known.frames.get(block);
  }

  #sectionQueries(number: number): SectionQueries {
    const section = sectionOf(number);
    let queries = this.#sections.get(section);
    if (queries === undefined) {
      const select = `SELECT block, from_${section} AS section FROM block_numbers`;
      queries = {
        one: this.#database.query(`${select} WHERE block = ?`),
        after: this.#database.query(`${select} WHERE block > ? ORDER BY block`),
      };
      this.#sections.set(section, queries);
    }
    return queries;
  }

  #framesMarked(block: number, question: FilterQuestion): number {
    if (this.#header === '') this.#header = this.#ask(block, [])?.header ?? '';
    if (block === this.#asked && this.#placesOf(question, this.#header)[0][0] === NOWHERE) return 0;
    const { header, row } = this.#first(block, question);
    if (row === undefined) return ALL_FRAMES;
    this.#asked = block;
    this.#header = row.header;
    const [first, rest] = this.#placesOf(question, row.header);
    if (first[0] === NOWHERE) return 0;
    const frames = framesOf(first, (row.header === header ? row : this.#ask(block, first))?.bytes ?? '');
    if (frames === 0 || rest.length === 0) return frames;
    return frames & framesOf(rest, this.#ask(block, rest)?.bytes ?? '');
  }

  /** What tells most of a block, and the header of the filters whose places were asked. */
  #first(block: number, question: FilterQuestion): { header: string; row: ProbeRow | undefined } {
    const run = this.#runs.get(question) ?? {
      header: '',
      rows: new Map<number, ProbeRow>(),
      last: 0,
      length: 0,
    };
    this.#runs.set(question, run);
    if (block !== run.last) run.length = Math.abs(block - run.last) === 1 ? run.length + 1 : 0;
    run.last = block;
    if (!run.rows.has(block)) {
      const header = this.#header;
      const [first] = this.#placesOf(question, header);
      if (run.length < ALONE) return { header, row: this.#ask(block, first) };
      run.header = header;
      run.rows.clear();
      for (const row of this.#askAround(block, first)) run.rows.set(row.block, row);
    }
    return { header: run.header, row: run.rows.get(block) };
  }

  #placesOf(question: FilterQuestion, header: string): AskedPlaces {
    const known = this.#places.get(question);
    if (known?.header === header) return known.places;
    const all = filterPlaces(Buffer.from(header, 'hex'), question) ?? [];
    const places: AskedPlaces = [all.slice(0, FIRST_PLACES), all.slice(FIRST_PLACES, MOST_PLACES)];
    this.#places.set(question, { header, places });
    return places;
  }

  #ask(block: number, places: FilterPlace[]): ProbeRow | undefined {
    return this.#query(places.length).get(...places.map(({ byte }) => byte + 1), block, block);
  }

  #askAround(block: number, places: FilterPlace[]): ProbeRow[] {
    const from = block - (block % TOGETHER);
    return this.#query(places.length).all(...places.map(({ byte }) => byte + 1), from, from + TOGETHER - 1);
  }

  #query(places: number): Query<number[], ProbeRow> {
    let query = this.#queries.get(places);
    if (query === undefined) {
      const bytes = new Array<string>(places).fill('hex(substr(filter, ?, 1))');
      query = this.#database.query(
        `SELECT block, hex(substr(filter, 1, ${FILTER_HEADER_BYTES})) AS header, ${bytes.join(' || ') || "''"} AS bytes
         FROM blocks WHERE block BETWEEN ? AND ?`,
      );
      this.#queries.set(places, query);
    }
    return query;
  }
}

interface SectionRow {
  block: number;
  section: Buffer;
}

interface SectionQueries {
  one: Query<[number], SectionRow>;
  after: Query<[number], SectionRow>;
}

/** What was read for a question. */
interface ListedFrames {
  /** The last block that was read, whether it has a list or not. */
  upTo: number;
  frames: Map<number, number>;
}

interface ProbeRow {
  block: number;
  /** Both as hexadecimal digits. */
  header: string;
  bytes: string;
}

/** Blocks asked for a question one after another. */
interface AskedRun {
  /** Of the filters whose places were asked. */
  header: string;
  rows: Map<number, ProbeRow>;
  /** The block that was asked last, and how many before it were its neighbours in turn. */
  last: number;
  length: number;
}

/** Behind so many neighbours, blocks are asked together: who is asked in turn for each is asked for the next ones too. */
const ALONE = 4;
/** To ask so many at once takes two thirds of the time. */
const TOGETHER = 64;

/** What is asked at once, and what only where that says no nowhere. */
type AskedPlaces = [first: FilterPlace[], rest: FilterPlace[]];

/** The longest runs come first and say no most often: so many of them do in five of six blocks. */
const FIRST_PLACES = 6;
/** More than these hardly ever say no where they did not. */
const MOST_PLACES = 40;
const MOST_NUMBERS = 8;

/** @param digits of a byte for each place, in hexadecimal; one that is missing says nothing */
function framesOf(places: FilterPlace[], digits: string): number {
  let frames = ALL_FRAMES;
  for (const [index, place] of places.entries()) {
    const byte = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
    frames &= framesAllowed(place, Number.isNaN(byte) ? undefined : byte);
    if (frames === 0) return 0;
  }
  return frames;
}
