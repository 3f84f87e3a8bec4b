import { setImmediate } from 'node:timers/promises';

/** Work without a pause: a line that is written meanwhile waits for it to be shown. */
const LONGEST_MS = 8;

/** Lets others have their turn now and then while a large request is worked off. */
export function createBreath(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < LONGEST_MS) return undefined;
    return setImmediate().then(() => {
      since = performance.now();
    });
  };
}
