/** Lines on their way to the store, and who waits for them to get there. */
interface Entry {
  bytes: Buffer;
  /** Told once it is durable, or given up. */
  settled: ((stored: boolean) => void) | undefined;
}

/** Lines taken out together. */
export interface Batch {
  bytes: Uint8Array<ArrayBuffer>;
  settle(stored: boolean): void;
}

/** Lines that arrive within this time are stored together: a transaction each would cost more than they do. */
const GATHER_MS = 20;
const MAX_BATCH_BYTES = 512 * 1024;

/**
 * What one listener has received and the pipeline has not yet stored, bounded in bytes. What is under way counts: memory
 * is given back when lines are durable.
 */
export class RecordQueue {
  #limit: number;
  #entries: Entry[] = [];
  #waitingBytes = 0;
  #underWayBytes = 0;
  #wanted: ((batch: Batch | undefined) => void) | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #room: (() => void)[] = [];
  #closed = false;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  setLimit(limit: number): void {
    this.#limit = limit;
  }

  get depth(): number {
    return this.#waitingBytes + this.#underWayBytes;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Nothing more fits. What is asked while there is room is taken whole, however large: it would never fit otherwise. */
  get full(): boolean {
    return this.#closed || this.depth >= this.#limit;
  }

  /** @returns whether it was taken */
  push(bytes: Buffer): boolean {
    if (this.full) return false;
    this.#add(bytes, undefined);
    return true;
  }

  /** For what is already read and whose sender is then made to wait: goes over the limit by what was read at once. */
  pushAnyway(bytes: Buffer): void {
    this.#add(bytes, undefined);
  }

  /** Takes all lines or none. @returns undefined when full; else whether they are durable */
  store(lines: readonly Buffer[]): Promise<boolean> | undefined {
    if (this.full) return undefined;
    const parts = batched(lines);
    const stored = parts.map((bytes) => new Promise<boolean>((resolve) => this.#add(bytes, resolve)));
    return Promise.all(stored).then((all) => all.every(Boolean));
  }

  /** Resolves when there is room again, or the queue is closed. */
  roomAgain(): Promise<void> {
    if (!this.full || this.#closed) return Promise.resolve();
    return new Promise((resolve) => this.#room.push(resolve));
  }

  /** The next lines; undefined once closed and empty. One caller at a time. */
  next(): Promise<Batch | undefined> {
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.#serve();
    });
  }

  /** Takes no more; what is in it is still handed out. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#serve();
    this.#tellRoom();
  }

  #add(bytes: Buffer, settled: Entry['settled']): void {
    this.#entries.push({ bytes, settled });
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= MAX_BATCH_BYTES) this.#serve();
    else
      this.#gathering ??= setTimeout(() => {
        this.#gathering = undefined;
        this.#serve();
      }, GATHER_MS);
  }

  #serve(): void {
    const wanted = this.#wanted;
    // Gathering goes on until its time is over or there is enough.
    if (wanted === undefined || (this.#gathering !== undefined && this.#waitingBytes < MAX_BATCH_BYTES))
      return;
    if (this.#entries.length === 0) {
      if (!this.#closed) return;
      this.#wanted = undefined;
      wanted(undefined);
      return;
    }
    this.#wanted = undefined;
    wanted(this.#batch());
  }

  #batch(): Batch {
    let count = 0;
    let length = 0;
    while (count < this.#entries.length && (count === 0 || length < MAX_BATCH_BYTES)) {
      length += this.#entries[count]?.bytes.length ?? 0;
      count += 1;
    }
    const taken = this.#entries.slice(0, count);
    this.#entries = this.#entries.slice(count);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const entry of taken) {
      bytes.set(entry.bytes, at);
      at += entry.bytes.length;
    }
    this.#waitingBytes -= length;
    this.#underWayBytes += length;
    return {
      bytes,
      settle: (stored) => {
        this.#underWayBytes -= length;
        for (const entry of taken) entry.settled?.(stored);
        if (!this.full) this.#tellRoom();
      },
    };
  }

  #tellRoom(): void {
    const waiting = this.#room;
    this.#room = [];
    for (const resolve of waiting) resolve();
  }
}

/** Joined to parts of a batch's size: a request of many records is not one entry a record. */
function batched(lines: readonly Buffer[]): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  let length = 0;
  for (const [index, line] of lines.entries()) {
    length += line.length;
    if (length < MAX_BATCH_BYTES && index < lines.length - 1) continue;
    parts.push(Buffer.concat(lines.slice(from, index + 1)));
    from = index + 1;
    length = 0;
  }
  return parts;
}
