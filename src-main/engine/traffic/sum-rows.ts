import { LATENCY_BUCKETS, type TrafficSums } from '../flow/traffic.ts';

/** Rows of sums in the making, as columns that grow. Used again for every chunk. */
export class SumRows {
  #count = 0;
  #room = 256;
  #kinds = new Uint8Array(256);
  #times = new Float64Array(256);
  #names = new Uint32Array(256);
  #requests = new Uint32Array(256);
  #errors = new Uint32Array(256);
  #refusals = new Uint32Array(256);
  #bytes = new Float64Array(256);
  /** Allocated when the first line tells how long it took. */
  #latencies = new Uint32Array(0);

  get count(): number {
    return this.#count;
  }

  clear(): void {
    const { length } = this.#latencies;
    if (length > 0) this.#latencies.fill(0, 0, Math.min(length, this.#count * LATENCY_BUCKETS));
    this.#count = 0;
  }

  open(kind: number, time: number, name: number): number {
    const row = this.#count;
    if (row === this.#room) this.#grow();
    this.#kinds[row] = kind;
    this.#times[row] = time;
    this.#names[row] = name;
    this.#requests[row] = 0;
    this.#errors[row] = 0;
    this.#refusals[row] = 0;
    this.#bytes[row] = 0;
    this.#count += 1;
    return row;
  }

  /** @param bucket of the latency histogram, -1 where the line does not say */
  add(row: number, status: number, bytes: number, bucket: number): void {
    this.#requests[row] = (this.#requests[row] ?? 0) + 1;
    if (status >= 500) this.#errors[row] = (this.#errors[row] ?? 0) + 1;
    else if (status >= 400) this.#refusals[row] = (this.#refusals[row] ?? 0) + 1;
    this.#bytes[row] = (this.#bytes[row] ?? 0) + bytes;
    if (bucket >= 0) this.addLatency(row, bucket);
  }

  /** Several requests at once, apart from their latencies. */
  addCounts(row: number, requests: number, errors: number, refusals: number, bytes: number): void {
    this.#requests[row] = (this.#requests[row] ?? 0) + requests;
    this.#errors[row] = (this.#errors[row] ?? 0) + errors;
    this.#refusals[row] = (this.#refusals[row] ?? 0) + refusals;
    this.#bytes[row] = (this.#bytes[row] ?? 0) + bytes;
  }

  addLatency(row: number, bucket: number): void {
    if (this.#latencies.length === 0) this.#latencies = new Uint32Array(this.#room * LATENCY_BUCKETS);
    const at = row * LATENCY_BUCKETS + bucket;
    this.#latencies[at] = (this.#latencies[at] ?? 0) + 1;
  }

  /** A copy to be handed on. */
  sums(nameTable: string[], timed: boolean): TrafficSums {
    const count = this.#count;
    return {
      count,
      kinds: this.#kinds.slice(0, count),
      times: this.#times.slice(0, count),
      names: this.#names.slice(0, count),
      nameTable,
      requests: this.#requests.slice(0, count),
      errors: this.#errors.slice(0, count),
      refusals: this.#refusals.slice(0, count),
      bytes: this.#bytes.slice(0, count),
      latencies: timed ? this.#latencies.slice(0, count * LATENCY_BUCKETS) : new Uint32Array(0),
    };
  }

  #grow(): void {
    const room = this.#room * 2;
    this.#kinds = copied(new Uint8Array(room), this.#kinds);
    this.#times = copied(new Float64Array(room), this.#times);
    this.#names = copied(new Uint32Array(room), this.#names);
    this.#requests = copied(new Uint32Array(room), this.#requests);
    this.#errors = copied(new Uint32Array(room), this.#errors);
    this.#refusals = copied(new Uint32Array(room), this.#refusals);
    this.#bytes = copied(new Float64Array(room), this.#bytes);
    if (this.#latencies.length > 0)
      this.#latencies = copied(new Uint32Array(room * LATENCY_BUCKETS), this.#latencies);
    this.#room = room;
  }
}

function copied<Column extends { set(from: Column): void }>(to: Column, from: Column): Column {
  to.set(from);
  return to;
}
