import type { EventBatch } from '../../flow/event-batch.ts';
import { ipv4OfText, textOfIpv4 } from '../../flow/ipv4.ts';
import { TextBook, type ListedText } from './text-book.ts';

/** One event as it is written into a batch. */
export interface EventRow {
  time: number;
  offset: number;
  address: number;
  otherAddress: number;
  user: number;
  service: number;
  rule: number;
  text: number;
  target: number;
  path: number;
  directory: number;
  agent: number;
  status: number;
  kind: number;
  flags: number;
}

/** Builds a batch; grows as needed, gives away trimmed columns. */
export class EventBatchBuilder {
  readonly #book: TextBook;
  #batch: EventBatch;
  #capacity: number;

  /** @param book lists the texts of one batch at a time */
  constructor(sourceId: string, stream: number, rules: string, expected: number, book = new TextBook()) {
    this.#capacity = Math.max(16, expected);
    this.#batch = emptyBatch(sourceId, stream, rules, this.#capacity);
    this.#book = book;
    book.begin(this.#batch.strings);
  }

  get count(): number {
    return this.#batch.count;
  }

  /** The index of a text in the string table. */
  intern(text: string): number {
    return this.#book.place(text);
  }

  /** The same of a text of ASCII. */
  internBytes(bytes: Buffer, from: number, to: number): number {
    return this.#book.placeOfBytes(bytes, from, to);
  }

  internListed(text: ListedText): number {
    return this.#book.placeOf(text);
  }

  textOf(index: number): string {
    return this.#batch.strings[index] ?? '';
  }

  /** Adds a text that is certainly not in the table yet, such as a line of evidence. */
  add(text: string): number {
    this.#batch.strings.push(text);
    return this.#batch.strings.length - 1;
  }

  setAddress(row: EventRow, text: string): void {
    row.address = ipv4OfText(text);
    row.otherAddress = row.address === 0 ? this.intern(text) : 0;
  }

  addressOf(row: EventRow): string {
    return row.address === 0 ? this.textOf(row.otherAddress) : textOfIpv4(row.address);
  }

  push(row: EventRow): void {
    if (this.#batch.count === this.#capacity) this.#grow();
    const batch = this.#batch;
    const at = batch.count;
    batch.times[at] = row.time;
    batch.offsets[at] = row.offset;
    batch.addresses[at] = row.address;
    batch.otherAddresses[at] = row.otherAddress;
    batch.users[at] = row.user;
    batch.services[at] = row.service;
    batch.rulesOf[at] = row.rule;
    batch.texts[at] = row.text;
    batch.targets[at] = row.target;
    batch.paths[at] = row.path;
    batch.directories[at] = row.directory;
    batch.agents[at] = row.agent;
    batch.statuses[at] = row.status;
    batch.kinds[at] = row.kind;
    batch.flags[at] = row.flags;
    batch.count += 1;
  }

  finish(): EventBatch {
    return this.#batch;
  }

  #grow(): void {
    const old = this.#batch;
    this.#capacity *= 2;
    const larger = emptyBatch(old.sourceId, old.stream, old.rules, this.#capacity);
    larger.count = old.count;
    larger.strings = old.strings;
    larger.times.set(old.times);
    larger.offsets.set(old.offsets);
    larger.addresses.set(old.addresses);
    larger.otherAddresses.set(old.otherAddresses);
    larger.users.set(old.users);
    larger.services.set(old.services);
    larger.rulesOf.set(old.rulesOf);
    larger.texts.set(old.texts);
    larger.targets.set(old.targets);
    larger.paths.set(old.paths);
    larger.directories.set(old.directories);
    larger.agents.set(old.agents);
    larger.statuses.set(old.statuses);
    larger.kinds.set(old.kinds);
    larger.flags.set(old.flags);
    this.#batch = larger;
  }
}

function emptyBatch(sourceId: string, stream: number, rules: string, capacity: number): EventBatch {
  return {
    sourceId,
    stream,
    rules,
    count: 0,
    times: new Float64Array(capacity),
    offsets: new Float64Array(capacity),
    addresses: new Int32Array(capacity),
    otherAddresses: new Uint32Array(capacity),
    users: new Uint32Array(capacity),
    services: new Uint32Array(capacity),
    rulesOf: new Uint32Array(capacity),
    texts: new Uint32Array(capacity),
    targets: new Int32Array(capacity),
    paths: new Int32Array(capacity),
    directories: new Int32Array(capacity),
    agents: new Int32Array(capacity),
    statuses: new Uint16Array(capacity),
    kinds: new Uint8Array(capacity),
    flags: new Uint8Array(capacity),
    strings: [''],
  };
}
