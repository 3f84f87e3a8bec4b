import { setFlagsFromString } from 'node:v8';
import { collectAtRest } from './collect-at-rest.ts';

/**
 * V8 lets a heap of some twenty megabytes of live objects grow to four times that, and the room for new objects to 32 MB (64
 * on the main thread), in each of the engine's threads: half of what it took while it read in bulk was garbage. With these,
 * a million access or sign-in lines take 60 to 110 MB less.
 */
const FLAGS = [
  // Collected when it has grown by half since the last time. When it has doubled: 10 to 15 MB more, no time that shows.
  '--heap-growing-percent=50',
  // The room for new objects grows less; of the thread that sets it, not at all …
  '--semi-space-growth-factor=1',
  // … and begins with this, twice, in each of the threads, unless one asks for less.
  '--min-semi-space-size=4',
];

/**
 * Keeps the heaps of this process small. To be called before threads are started: they take it over; and before this thread
 * loads what it needs, by which the room for its new objects would grow to 16 MB, and stay.
 */
export function limitHeaps(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
  collectAtRest();
}
