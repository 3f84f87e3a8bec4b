import { createHash } from 'node:crypto';
import { unzipSync, zip, type AsyncZippable } from 'fflate';
import { z } from 'zod';
import type { BundleManifest } from '../../../../src-preload/contract/bundle.ts';

/*
 * A bundle's zip: `manifest.json` first, which names every other file with its size and hash. Made for people as well:
 * everything in it is JSON or text that any tool opens.
 */

export const MANIFEST = 'manifest.json';
const BUNDLE_FORMAT = 1;
/** What a foreign bundle may unpack to. Ours are a tenth of it at most. */
const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024;
const MAX_FILES = 50;

/** A file of a bundle before it is packed. */
export interface BundleFile {
  name: string;
  content: Uint8Array;
  items: number;
  leftOut: number;
}

/** Why a file is no bundle that can be opened; the words are `bundle.fault.<kind>`. */
export type ArchiveFault =
  | { kind: 'noBundle' }
  | { kind: 'tooLarge' }
  | { kind: 'newer'; format: number }
  | { kind: 'damaged'; name: string };

export type Unpacked =
  { ok: true; manifest: BundleManifest; files: Map<string, Uint8Array> } | { ok: false; fault: ArchiveFault };

const manifestSchema = z.object({
  format: z.number().int().min(1),
  version: z.string().max(100),
  createdAt: z.number().int().min(0),
  host: z.string().max(300),
  range: z.object({ from: z.number().int().min(0), to: z.number().int().min(0) }),
  files: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z][a-z0-9-]*\.(json|jsonl|txt)$/),
        bytes: z.number().int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        items: z.number().int().min(0),
        leftOut: z.number().int().min(0),
      }),
    )
    .max(MAX_FILES),
});

/** Packs the files with their manifest. The same files give the same bytes. */
export async function pack(
  files: BundleFile[],
  about: Omit<BundleManifest, 'format' | 'files'>,
): Promise<{ bytes: Uint8Array; manifest: BundleManifest }> {
  const manifest: BundleManifest = {
    format: BUNDLE_FORMAT,
    ...about,
    files: files.map(({ name, content, items, leftOut }) => ({
      name,
      bytes: content.length,
      sha256: sha256(content),
      items,
      leftOut,
    })),
  };
  const entries: AsyncZippable = { [MANIFEST]: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
  for (const { name, content } of files) entries[name] = content;
  const bytes = await new Promise<Uint8Array>((resolve, reject) => {
    // Zip has no time zones; the manifest has the real time.
    zip(entries, { level: 6, mtime: '1980-01-01' }, (error, packed) =>
      error === null ? resolve(packed) : reject(error),
    );
  });
  return { bytes, manifest };
}

/** Takes a zip apart and checks every file against the manifest. Nothing is written; names are only compared. */
export function unpack(bytes: Uint8Array): Unpacked {
  let entries: Record<string, Uint8Array>;
  const claimed = { bytes: 0, files: 0 };
  try {
    entries = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        claimed.bytes += originalSize;
        claimed.files += 1;
        return claimed.bytes <= MAX_UNPACKED_BYTES && claimed.files <= MAX_FILES + 1;
      },
    });
  } catch {
    return fault({ kind: 'noBundle' });
  }
  if (claimed.bytes > MAX_UNPACKED_BYTES || claimed.files > MAX_FILES + 1) return fault({ kind: 'tooLarge' });
  const manifest = readManifest(entries[MANIFEST]);
  if (manifest === undefined) return fault({ kind: 'noBundle' });
  if (manifest.format > BUNDLE_FORMAT) return fault({ kind: 'newer', format: manifest.format });
  const files = new Map<string, Uint8Array>();
  for (const { name, sha256: expected } of manifest.files) {
    const content = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (content === undefined || sha256(content) !== expected) return fault({ kind: 'damaged', name });
    files.set(name, content);
  }
  return { ok: true, manifest, files };
}

function readManifest(content: Uint8Array | undefined): BundleManifest | undefined {
  if (content === undefined) return undefined;
  try {
    return manifestSchema.safeParse(JSON.parse(Buffer.from(content).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function fault(found: ArchiveFault): Unpacked {
  return { ok: false, fault: found };
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
