import { ByteScanner } from '../../flow/byte-scan.ts';

let scanner: ByteScanner | undefined;

/** What texts are looked through with for secrets: one per thread, maskers come and go with the settings. */
export function secretScanner(): ByteScanner {
  return (scanner ??= new ByteScanner());
}
