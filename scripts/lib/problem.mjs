/** Something a person can act upon: what is wrong and what to do. Never shown with a stack. */
export class Problem extends Error {
  /**
   * @param {string} what one sentence
   * @param {string} next what the reader does now
   * @param {string} [detail] output of the program that failed
   */
  constructor(what, next, detail) {
    super(what);
    this.next = next;
    this.detail = detail;
  }
}

/** @param {unknown} error */
export function explain(error) {
  if (error instanceof Problem) {
    if (error.detail) process.stderr.write(`${error.detail.trimEnd()}\n`);
    process.stderr.write(`✗ ${error.message}\n  → ${error.next}\n`);
    return;
  }
  const known = error instanceof Error ? error : new Error(String(error));
  // A fault of the scripts themselves. The stack helps who mends it, nobody else.
  if (process.env['YAGURA_DEBUG']) process.stderr.write(`${known.stack ?? ''}\n`);
  process.stderr.write(
    `✗ ${known.message}\n  → Run the same command with YAGURA_DEBUG=1 and report what it says.\n`,
  );
}

/**
 * Runs a script's main function; its result is the exit code.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    explain(error);
    process.exitCode = 1;
  }
}
