import { LATENCY_BUCKETS } from '../../flow/traffic.ts';

const ENTRY_BYTES = 5;
const NOTHING_TIMED = Buffer.alloc(0);

/** A histogram as it is stored: only the buckets that are not empty. */
export function packLatencies(counts: ArrayLike<number>): Buffer {
  if (counts.length === 0) return NOTHING_TIMED;
  const entries: Buffer[] = [];
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket += 1) {
    const count = counts[bucket] ?? 0;
    if (count === 0) continue;
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.writeUInt8(bucket, 0);
    entry.writeUInt32LE(Math.min(count, 0xffffffff), 1);
    entries.push(entry);
  }
  return Buffer.concat(entries);
}

/** Adds what was stored to `counts`. */
export function addLatencies(counts: number[], packed: Buffer): void {
  for (let at = 0; at + ENTRY_BYTES <= packed.length; at += ENTRY_BYTES) {
    const bucket = packed.readUInt8(at);
    if (bucket < LATENCY_BUCKETS) counts[bucket] = (counts[bucket] ?? 0) + packed.readUInt32LE(at + 1);
  }
}
