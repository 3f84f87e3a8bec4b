export interface Repetition {
  start(): void;
  /** Waits for a run under way. */
  stop(): Promise<void>;
}

/**
 * Runs a task again and again, the next run due one interval after the last one began, never two at once. A run that
 * fails is reported and does not end the repetition.
 * @param intervalMs asked anew before every wait, so that a changed setting holds at once
 */
export function repeatedly(
  task: () => Promise<void>,
  intervalMs: () => number,
  onError: (error: unknown) => void,
): Repetition {
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();
  let stopped = false;

  async function run(): Promise<void> {
    const begun = performance.now();
    try {
      await task();
    } catch (error) {
      onError(error);
    }
    if (!stopped) timer = setTimeout(next, Math.max(0, intervalMs() - (performance.now() - begun)));
  }

  function next(): void {
    underWay = run();
  }

  return {
    start: next,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return underWay;
    },
  };
}
