import { ipv4OfText, textOfIpv4 } from '../../flow/ipv4.ts';
import { LINES_PER_RUN } from '../../flow/line-runs.ts';
import { AddressIndex } from './address-index.ts';
import { BrowserTable } from './browser-table.ts';
import { RequestMinutes } from './request-minutes.ts';
import { SignInMemory, type SavedSignIns } from './sign-in-memory.ts';
import type { SlotTable } from './slot-table.ts';

/** How long who signed in from an address speaks for it. */
export const IDENTITY_MEMORY_MS = 12 * 3_600_000;
/** Of the addresses there may be, what is kept when there is no room. */
const KEPT_SHARE = 3 / 4;
/** Quiet time after which what an address asked for no longer matters. */
const QUIET_MS = 20 * 60_000;

/** What a snapshot holds of addresses: columns, by slot. */
export interface SavedMemories {
  ipv4: Int32Array;
  others: Map<number, string>;
  signIns: SavedSignIns;
  browsers: Int32Array;
  minutes: Int32Array;
  dropped: number;
}

/**
 * Every address lately seen, at most `limit` of them. When there is no room, a quarter is forgotten: those about which
 * least is known, oldest first.
 */
export class AddressMemories {
  readonly limit: number;
  readonly minutes: RequestMinutes;
  readonly browsers: BrowserTable;
  readonly signIns: SignInMemory;
  readonly #index: AddressIndex;
  /** By slot, as are all below. 0 where the slot is free or the address is only a text. */
  readonly #ipv4: Int32Array;
  /** Of addresses that are no IPv4, and of those that were asked for. */
  #texts: (string | undefined)[] = [];
  #size = 0;
  /** Slots ever taken. */
  #rows = 0;
  #free: number[] = [];
  /** Counters of rules, whose rows go with the memories. */
  #tables: readonly SlotTable[] = [];
  /** Where making room went on to. */
  #hand = 0;
  #dropped = 0;
  #requestTables: readonly SlotTable[] = [];
  readonly #signInTables: readonly SlotTable[];
  readonly #touched = new Int32Array(LINES_PER_RUN);
  /** See `touch`. */
  read = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.minutes = new RequestMinutes(limit);
    this.browsers = new BrowserTable(limit);
    this.signIns = new SignInMemory(limit);
    this.#signInTables = [this.signIns];
    this.#index = new AddressIndex(limit);
    this.#ipv4 = new Int32Array(limit);
  }

  get size(): number {
    return this.#size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  setTables(tables: readonly SlotTable[]): void {
    this.#tables = tables;
    this.#requestTables = [this.minutes, this.browsers, ...tables];
  }

  /** The slot of an address, -1 where it is not known. */
  find(address: string): number {
    return this.#index.find(ipv4OfText(address), address);
  }

  /**
   * The slot of an address, which gets one if it has none; -1 for no address.
   * @param ipv4 its bits; 0: it is the text
   */
  slotOf(ipv4: number, text: string): number {
    if (ipv4 === 0 && text === '') return -1;
    const slot = this.#index.find(ipv4, text);
    return slot >= 0 ? slot : this.#add(ipv4, text);
  }

  /** Empty for -1. */
  textOf(slot: number): string {
    if (slot < 0) return '';
    return (this.#texts[slot] ??= textOfIpv4(this.#ipv4[slot] ?? 0));
  }

  /**
   * Reads what is known of the addresses of a run of events, table by table. Each request goes to half a dozen tables of
   * megabytes: one after another they would wait for memory each time, in a loop over one table they wait together.
   * @param requests whether they are requests, rather than sign-ins: runs are of one log, whose lines are alike
   */
  touch(addresses: Int32Array, first: number, end: number, requests: boolean): void {
    let slots = 0;
    for (let at = first; at < end; at += 1) {
      const ipv4 = addresses[at] ?? 0;
      const slot = ipv4 === 0 ? -1 : this.#index.find(ipv4, '');
      if (slot < 0) continue;
      this.#touched[slots] = slot;
      slots += 1;
    }
    const touched = this.#touched.subarray(0, slots);
    const tables = requests ? this.#requestTables : this.#signInTables;
    this.read = 0;
    for (const table of tables) this.read += table.touch(touched);
  }

  #add(ipv4: number, text: string): number {
    if (this.#size >= this.limit) this.#makeRoom();
    const slot = this.#free.pop() ?? this.#rows++;
    this.#ipv4[slot] = ipv4;
    this.#texts[slot] = ipv4 === 0 ? text : undefined;
    this.#index.set(ipv4, text, slot);
    this.#size += 1;
    return slot;
  }

  #isTaken(slot: number): boolean {
    return this.#ipv4[slot] !== 0 || this.#texts[slot] !== undefined;
  }

  /** Goes round, so that those seen first are not always the ones to go. */
  #makeRoom(): void {
    const wanted = Math.floor(this.limit * KEPT_SHARE);
    let kept = 0;
    for (let looked = 0; looked < this.#rows && this.#size > wanted; looked += 1) {
      const slot = this.#hand;
      this.#hand = (slot + 1) % this.#rows;
      if (!this.#isTaken(slot)) continue;
      // Those with a history may fill a quarter at most, or they would keep everybody else out.
      if (kept < this.limit / 4 && this.#matters(slot)) kept += 1;
      else {
        this.#dropped += 1;
        this.#remove(slot);
      }
    }
  }

  /** Several people signed in, somebody failed to, or it asks for much. */
  #matters(slot: number): boolean {
    const { signIns, minutes } = this;
    return signIns.isShared(slot) || signIns.failedAt(slot) > 0 || minutes.requestsOf(slot) >= BUSY_REQUESTS;
  }

  #remove(slot: number): void {
    this.#index.delete(this.#ipv4[slot] ?? 0, this.#texts[slot] ?? '');
    this.#ipv4[slot] = 0;
    this.#texts[slot] = undefined;
    this.signIns.clear(slot);
    this.minutes.clear(slot);
    this.browsers.clear(slot);
    for (const table of this.#tables) table.clear(slot);
    this.#free.push(slot);
    this.#size -= 1;
  }

  /**
   * Forgets addresses of which nothing is known that could still matter: nobody signed in, nothing asked lately. Not while
   * there is as much room as `#makeRoom` makes: in a day of history the same clients would be forgotten and learnt again
   * and again.
   */
  forgetQuiet(now: number, failuresMatterMs: number): void {
    if (this.#size <= this.limit * KEPT_SHARE) return;
    const { signIns, minutes } = this;
    for (let slot = 0; slot < this.#rows; slot += 1) {
      if (!this.#isTaken(slot) || minutes.last(slot) >= now - QUIET_MS) continue;
      if (signIns.last(slot) >= now - QUIET_MS || signIns.failedAt(slot) >= now - failuresMatterMs) continue;
      if (signIns.peopleSince(slot, now - IDENTITY_MEMORY_MS) === 0) this.#remove(slot);
    }
  }

  rememberRequest(slot: number, time: number, agent: number, failed: boolean): void {
    this.minutes.count(slot, time, failed);
    this.browsers.see(slot, agent, time);
  }

  save(): SavedMemories {
    const others: SavedMemories['others'] = new Map();
    for (let slot = 0; slot < this.#rows; slot += 1) {
      const text = this.#texts[slot];
      if (text !== undefined && this.#ipv4[slot] === 0) others.set(slot, text);
    }
    return {
      ipv4: this.#ipv4.subarray(0, this.#rows),
      others,
      signIns: this.signIns.save(this.#rows),
      browsers: this.browsers.save(this.#rows),
      minutes: this.minutes.save(this.#rows),
      dropped: this.#dropped,
    };
  }

  load(saved: SavedMemories): void {
    this.#rows = saved.ipv4.length;
    this.#ipv4.fill(0).set(saved.ipv4);
    this.#texts = Array.from(saved.ipv4, (_, slot) => saved.others.get(slot));
    this.signIns.load(saved.signIns);
    this.#index.clear();
    this.#free = [];
    for (let slot = 0; slot < this.#rows; slot += 1) {
      if (this.#isTaken(slot)) this.#index.set(this.#ipv4[slot] ?? 0, this.#texts[slot] ?? '', slot);
      else this.#free.push(slot);
    }
    this.#size = this.#rows - this.#free.length;
    this.#hand = 0;
    this.browsers.load(saved.browsers);
    this.minutes.load(saved.minutes);
    this.#dropped = saved.dropped;
  }
}

/** Requests of the last minutes that make an address worth keeping when there is no room. */
const BUSY_REQUESTS = 30;
