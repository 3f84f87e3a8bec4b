/** First Node of each line with zstd in node:zlib (its changelog); the stores are compressed by it. */
const FIRST: Readonly<Record<number, number>> = { 22: 15, 23: 8 };

/**
 * What to say to somebody who runs the terminal by a Node that can't.
 * @param version e.g. `20.20.2`
 * @returns undefined where it can
 */
export function tooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 23 || minor >= (FIRST[major] ?? Infinity)) return undefined;
  return `this is Node ${version}, and Yagura needs 22.15 or newer. Its own is beside it: node_modules/.bin/node out/main/cli.js …`;
}
