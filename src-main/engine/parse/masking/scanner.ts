import { threadScanner, WordSet, type ByteScanner } from '../../flow/byte-scan.ts';

/** What texts are looked through with for secrets. */
export interface SecretScanner {
  bytes: ByteScanner;
  /** The words that {@link scanTriggers} looks for. */
  triggers: WordSet;
}

let shared: SecretScanner | undefined;

/**
 * One per thread unless a scanner is given: maskers come and go with the settings.
 * @param words the triggers, in groups
 * @param scanner what holds the batches that are to be masked
 */
export function secretScanner(
  words: readonly (readonly string[])[],
  scanner: ByteScanner | undefined,
): SecretScanner {
  if (scanner !== undefined) return { bytes: scanner, triggers: new WordSet(scanner, words) };
  const bytes = threadScanner();
  return (shared ??= { bytes, triggers: new WordSet(bytes, words) });
}
