import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { COMPARED_LENGTH, parseFinding, type DetectedFinding } from '../../flow/finding.ts';
import type { Query, ReadableDatabase } from '../database.ts';

/** Findings kept together: twice as many take little less, and one of them is read with all of them. */
export const FINDINGS_A_PAGE = 128;
/** A page is closed earlier at so many bytes: findings with twenty long lines of evidence each. */
export const PAGE_BYTES = 256 * 1024;
const LINE_END = Buffer.from('\n');
/** Pages that a reader keeps unpacked: findings are asked for by time, and pages overlap little in it. */
const KEPT_PAGES = 40;

/** A finding's row, as the queries of readers give it. */
export interface FindingRow {
  finding: number;
  id: Buffer | string;
  /** A page of its own, if it came more than once. */
  grown: Buffer | null;
}

/** What a query has to select for a {@link FindingRow}. */
export const FINDING_ROW = 'findings.finding, findings.id, grown_findings.contents AS grown';

/** Of the pages, what readers ask. */
export const PAGE_QUERY =
  'SELECT first, contents FROM finding_pages WHERE first <= ? ORDER BY first DESC LIMIT 1';

/** Detection's ids are 16 bytes as hexadecimal digits; others are kept as they are. */
export function storedId(id: string): Buffer | string {
  return /^[0-9a-f]{32}$/.test(id) ? Buffer.from(id, 'hex') : id;
}

function idOf(stored: Buffer | string): string {
  return typeof stored === 'string' ? stored : stored.toString('hex');
}

/** A page's bytes: the contents of written findings, a line each, zstd. */
export function packLines(lines: readonly Uint8Array[]): Buffer {
  return zstdCompressSync(
    Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [LINE_END, line]))),
  );
}

function unpackLines(contents: Buffer): string[] {
  return zstdDecompressSync(contents).toString('utf8').split('\n');
}

/** Whether a stored line is the one that the evidence shows. */
export function beginsAlike(evidence: string, text: string): boolean {
  return evidence.slice(0, COMPARED_LENGTH) === text.slice(0, COMPARED_LENGTH);
}

interface UnpackedPage {
  first: number;
  lines: string[];
}

/** Reads findings out of their pages. */
export class FindingContents {
  readonly #page: Query<[number], { first: number; contents: Buffer }>;
  /** In the order in which they were unpacked; a page never changes. */
  readonly #pages: UnpackedPage[] = [];
  #current: UnpackedPage | undefined;

  constructor(database: ReadableDatabase) {
    this.#page = database.query(PAGE_QUERY);
  }

  /** @throws TypeError when its page is not there */
  read({ finding, id, grown }: FindingRow): DetectedFinding {
    const line = grown === null ? this.#line(finding) : unpackLines(grown)[0];
    if (line === undefined) throw new TypeError(`finding_pages holds no finding ${finding}`);
    return parseFinding(idOf(id), line);
  }

  #line(finding: number): string | undefined {
    let page = this.#current;
    if (!holds(page, finding)) {
      page = this.#pages.find((each) => holds(each, finding)) ?? this.#load(finding);
      this.#current = page;
    }
    return page?.lines[finding - page.first];
  }

  #load(finding: number): UnpackedPage | undefined {
    const row = this.#page.get(finding);
    if (row === undefined) return undefined;
    const page = { first: row.first, lines: unpackLines(row.contents) };
    this.#pages.push(page);
    if (this.#pages.length > KEPT_PAGES) this.#pages.shift();
    return page;
  }
}

function holds(page: UnpackedPage | undefined, finding: number): boolean {
  return page !== undefined && finding >= page.first && finding < page.first + page.lines.length;
}
