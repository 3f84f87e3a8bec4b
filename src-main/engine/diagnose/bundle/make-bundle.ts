import type { BundleManifest, BundleRequest } from '../../../../src-preload/contract/bundle.ts';
import type { Clock } from '../../flow/clock.ts';
import { pack } from './archive.ts';
import { gather, type PartSources } from './contents.ts';
import { encrypt } from './encryption.ts';
import type { Redactor } from './redaction.ts';

/** What a bundle is made with. */
export interface BundleMaker {
  version: string;
  clock: Clock;
  sources: PartSources;
  /** A new one for each bundle: it counts what it replaces. */
  redactor: (request: Pick<BundleRequest, 'addresses'>) => Redactor;
}

/** A bundle ready to be handed over. */
export interface MadeBundle {
  content: Uint8Array;
  /** A file name that tells the machine's pseudonym and the time. */
  name: string;
  manifest: BundleManifest;
}

/** Gathers, redacts, packs and, with a passphrase, encrypts. */
export async function makeBundle(
  request: BundleRequest,
  { version, clock, sources, redactor: newRedactor }: BundleMaker,
  signal: AbortSignal | undefined,
): Promise<MadeBundle> {
  const { parts, range, passphrase } = request;
  const redactor = newRedactor(request);
  const { files } = await gather(parts, range, sources, redactor, signal);
  const createdAt = clock.now();
  const host = redactor.host();
  const { bytes, manifest } = await pack(files, { version, createdAt, host, range });
  const stamp = new Date(createdAt).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  const ending = passphrase === undefined ? 'zip' : 'yagura-bundle';
  return {
    content: passphrase === undefined ? bytes : await encrypt(bytes, passphrase),
    name: `yagura-${host}-${stamp}.${ending}`,
    manifest,
  };
}
