/** What the scripts say while they work: one line per step, with its time, on stderr. */

/** A step that is quicker than this needs no line before it ends. */
const SAY_AFTER_MS = 1_500;

/** @param {number} since performance.now() at the start */
export const seconds = (since) => `${((performance.now() - since) / 1_000).toFixed(1)} s`;

/** @param {string} text */
export const say = (text) => process.stderr.write(`${text}\n`);

/**
 * @template T
 * @param {string} title what is being done
 * @param {() => Promise<T>} work
 * @param {string} [hint] said when it takes a while
 * @returns {Promise<T>}
 */
export async function step(title, work, hint) {
  const start = performance.now();
  const notice = setTimeout(() => say(`… ${title}${hint === undefined ? '' : ` (${hint})`}`), SAY_AFTER_MS);
  try {
    const result = await work();
    say(`✓ ${title}  ${seconds(start)}`);
    return result;
  } catch (error) {
    say(`✗ ${title}  ${seconds(start)}`);
    throw error;
  } finally {
    clearTimeout(notice);
  }
}
