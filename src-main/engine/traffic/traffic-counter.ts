import { LINES_PER_RUN } from '../flow/line-runs.ts';
import { EVENT, FIELD, FIELD_COUNT, type ParsedBatch } from '../flow/parsed-batch.ts';
import {
  KIND,
  latencyBucket,
  TRAFFIC_KINDS,
  TRAFFIC_MINUTE_MS,
  TRAFFIC_PERIOD_MS,
  type TrafficSums,
} from '../flow/traffic.ts';
import { RouteReader } from './route-reader.ts';
import { SumRows } from './sum-rows.ts';

export interface TrafficCounterOptions {
  /** Takes secrets out of a route: what stands in a path may be a token. */
  maskRoute: (route: string) => string;
  /** The pseudonym of a user's name, or the name. */
  maskUser: (name: string) => string;
}

/** Routes remembered over chunks, so that each becomes a string once. A power of two. */
const REMEMBERED = 8192;
const MAX_NAME = 200;
const STATUSES = 1000;
/**
 * Routes, clients and users kept apart in one chunk and period; all others are one row without a name. Whoever asks often
 * comes early in a chunk of ten thousand lines, and a row for each of thousands who ask once would cost more than all else.
 */
const MAX_NAMES = 300;
const CLIENT_PLACES = 1024;
const CLIENT_SHIFT = 32 - Math.log2(CLIENT_PLACES);

/**
 * Sums up the requests of a batch by minute, and by route, client, status and user in five minutes. What a line costs is a
 * pass over the bytes of its path and some additions; strings are made once for each new route, client or user of a batch.
 */
export class TrafficCounter {
  readonly #options: TrafficCounterOptions;
  readonly #rows = new SumRows();
  readonly #routes = new RouteReader();
  readonly #hashes = new Uint32Array(REMEMBERED * 2);
  readonly #routeNames = new Array<string | undefined>(REMEMBERED);
  readonly #routeRows = new Int32Array(REMEMBERED);
  readonly #routeBatches = new Uint32Array(REMEMBERED);
  readonly #statusRows = new Int32Array(STATUSES);
  /** Clients with a row by their IPv4 bits, linear probing: at most a third full. A row before `#periodFrom` is no row. */
  readonly #clients = new Int32Array(CLIENT_PLACES);
  readonly #clientRows = new Int32Array(CLIENT_PLACES);
  readonly #otherClientRows = new Map<string, number>();
  readonly #userRows = new Map<string, number>();
  #nameTable: string[] = [''];
  /** By kind: rows with a name in the period in hand, and the row of all others (-1: none yet). */
  readonly #named = new Uint32Array(TRAFFIC_KINDS.length);
  readonly #others = new Int32Array(TRAFFIC_KINDS.length);
  /** Rows before this belong to an earlier batch or period. */
  #periodFrom = 0;
  #batch = 0;
  /** The minute and period in hand. */
  #minute = Number.NaN;
  #period = Number.NaN;
  #totalRow = 0;
  /** A line of the batch said how long it took. */
  #timed = false;

  constructor(options: TrafficCounterOptions) {
    this.#options = options;
  }

  /** Undefined: the batch holds no request. */
  count(batch: ParsedBatch): TrafficSums | undefined {
    this.#begin();
    for (let from = 0; from < batch.count; from += LINES_PER_RUN)
      this.#countRun(batch, from, Math.min(batch.count, from + LINES_PER_RUN));
    return this.#rows.count === 0 ? undefined : this.#rows.sums(this.#nameTable, this.#timed);
  }

  #countRun(batch: ParsedBatch, from: number, to: number): void {
    const { events, times, statuses, sizes, durations, slices } = batch;
    const rows = this.#rows;
    // Of the minute in hand; most requests are of the same minute as the one before.
    let [requests, errors, refusals, bytes] = [0, 0, 0, 0];
    for (let line = from; line < to; line += 1) {
      if (events[line] !== EVENT.request) continue;
      const time = times[line] ?? 0;
      if (!(time >= this.#minute && time < this.#minute + TRAFFIC_MINUTE_MS)) {
        if (requests > 0) rows.addCounts(this.#totalRow, requests, errors, refusals, bytes);
        requests = errors = refusals = bytes = 0;
        this.#enterMinute(time);
      }
      const status = statuses[line] ?? 0;
      const size = sizes[line] ?? 0;
      const duration = durations[line] ?? Number.NaN;
      const bucket = duration >= 0 ? latencyBucket(duration) : -1;
      requests += 1;
      bytes += size;
      if (status >= 500) errors += 1;
      else if (status >= 400) refusals += 1;
      if (bucket >= 0) {
        this.#timed = true;
        rows.addLatency(this.#totalRow, bucket);
      }
      rows.add(this.#routeRow(batch, line), status, size, bucket);
      rows.add(this.#statusRow(status), status, size, bucket);
      const client = this.#clientRow(batch, line);
      if (client >= 0) rows.add(client, status, size, bucket);
      if (slices[(line * FIELD_COUNT + FIELD.user) * 2] === -1) continue;
      rows.add(this.#userRow(batch.field(line, FIELD.user) ?? ''), status, size, bucket);
    }
    if (requests > 0) rows.addCounts(this.#totalRow, requests, errors, refusals, bytes);
  }

  #enterMinute(time: number): void {
    this.#minute = Math.floor(time / TRAFFIC_MINUTE_MS) * TRAFFIC_MINUTE_MS;
    this.#totalRow = this.#rows.open(KIND.total, this.#minute, 0);
    if (time >= this.#period && time < this.#period + TRAFFIC_PERIOD_MS) return;
    this.#period = Math.floor(time / TRAFFIC_PERIOD_MS) * TRAFFIC_PERIOD_MS;
    this.#periodFrom = this.#rows.count;
    this.#otherClientRows.clear();
    this.#userRows.clear();
    this.#named.fill(0);
    this.#others.fill(-1);
  }

  #begin(): void {
    this.#batch = (this.#batch + 1) >>> 0;
    this.#rows.clear();
    this.#nameTable = [''];
    this.#periodFrom = 0;
    this.#minute = Number.NaN;
    this.#period = Number.NaN;
    this.#timed = false;
    this.#statusRows.fill(-1);
    this.#clientRows.fill(-1);
    this.#otherClientRows.clear();
    this.#userRows.clear();
  }

  /** Whether a row of this kind may still have a name. */
  #hasRoom(kind: number): boolean {
    return (this.#named[kind] ?? 0) < MAX_NAMES;
  }

  #open(kind: number, name: string): number {
    this.#named[kind] = (this.#named[kind] ?? 0) + 1;
    return this.#rows.open(kind, this.#period, this.#name(name));
  }

  /** The row of all others, where there are too many. */
  #other(kind: number): number {
    const others = this.#others[kind] ?? -1;
    if (others >= 0) return others;
    const opened = this.#rows.open(kind, this.#period, 0);
    this.#others[kind] = opened;
    return opened;
  }

  #name(text: string): number {
    return this.#nameTable.push(text.slice(0, MAX_NAME)) - 1;
  }

  #routeRow(batch: ParsedBatch, line: number): number {
    const at = (line * FIELD_COUNT + FIELD.target) * 2;
    const method = (line * FIELD_COUNT + FIELD.method) * 2;
    let bytes = batch.bytes;
    let start = batch.slices[at] ?? -1;
    let end = batch.slices[at + 1] ?? 0;
    let methodStart = batch.slices[method] ?? -1;
    let methodEnd = batch.slices[method + 1] ?? 0;
    if (start < 0 || methodStart < 0) {
      // Values that had escapes in them are rare, and what has no method is no HTTP.
      const name = methodStart === -1 ? '' : (batch.field(line, FIELD.method) ?? '');
      bytes = Buffer.from(`${name}${methodStart === -1 ? '' : (batch.field(line, FIELD.target) ?? '')}`);
      methodStart = 0;
      methodEnd = Buffer.byteLength(name);
      start = methodEnd;
      end = bytes.length;
    }
    this.#routes.read(bytes, methodStart, methodEnd, start, end);
    const { hash, otherHash } = this.#routes;
    const slot = hash & (REMEMBERED - 1);
    const known =
      this.#routeNames[slot] !== undefined &&
      this.#hashes[slot * 2] === hash &&
      this.#hashes[slot * 2 + 1] === otherHash;
    const row = this.#routeRows[slot] ?? -1;
    if (known && this.#routeBatches[slot] === this.#batch && row >= this.#periodFrom) return row;
    if (!known) {
      this.#hashes[slot * 2] = hash;
      this.#hashes[slot * 2 + 1] = otherHash;
      const name = this.#routes.name(bytes, methodStart, methodEnd, start, end);
      this.#routeNames[slot] = this.#options.maskRoute(name).slice(0, MAX_NAME) || NO_ROUTE;
    }
    this.#routeBatches[slot] = this.#batch;
    const opened = this.#hasRoom(KIND.route)
      ? this.#open(KIND.route, this.#routeNames[slot] ?? NO_ROUTE)
      : this.#other(KIND.route);
    this.#routeRows[slot] = opened;
    return opened;
  }

  #statusRow(status: number): number {
    const row = this.#statusRows[status] ?? -1;
    if (row >= this.#periodFrom) return row;
    const opened = this.#rows.open(
      KIND.status,
      this.#period,
      this.#name(status === 0 ? NO_ROUTE : String(status)),
    );
    this.#statusRows[status] = opened;
    return opened;
  }

  #clientRow(batch: ParsedBatch, line: number): number {
    const ipv4 = batch.ipv4(line);
    if (ipv4 === 0) return this.#otherClientRow(batch.address(line));
    let place = Math.imul(ipv4 ^ (ipv4 >>> 16), 0x9e3779b1) >>> CLIENT_SHIFT;
    for (;;) {
      const row = this.#clientRows[place] ?? -1;
      if (row < this.#periodFrom) break;
      if (this.#clients[place] === ipv4) return row;
      place = (place + 1) & (CLIENT_PLACES - 1);
    }
    if (!this.#hasRoom(KIND.client)) return this.#other(KIND.client);
    const opened = this.#open(KIND.client, batch.address(line));
    this.#clients[place] = ipv4;
    this.#clientRows[place] = opened;
    return opened;
  }

  #otherClientRow(address: string): number {
    if (address === '') return -1;
    const row = this.#otherClientRows.get(address);
    if (row !== undefined) return row;
    if (!this.#hasRoom(KIND.client)) return this.#other(KIND.client);
    const opened = this.#open(KIND.client, address);
    this.#otherClientRows.set(address, opened);
    return opened;
  }

  #userRow(name: string): number {
    const row = this.#userRows.get(name);
    if (row !== undefined) return row;
    const opened = this.#hasRoom(KIND.user)
      ? this.#open(KIND.user, this.#options.maskUser(name))
      : this.#other(KIND.user);
    this.#userRows.set(name, opened);
    return opened;
  }
}

/** What was sent was no request in HTTP, or had no status. */
const NO_ROUTE = '-';
