import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BundleManifest,
  BundlePreview,
  BundleRequest,
} from '../../../../src-preload/contract/bundle.ts';
import type { AuditTrail } from '../../flow/audit-trail.ts';
import { FailureError } from '../../flow/failure.ts';
import { gather } from './contents.ts';
import { makeBundle, type BundleMaker } from './make-bundle.ts';

/** Bundles that wait to be fetched; each is some megabytes. */
const MAX_KEPT = 3;
const KEPT_MS = 3_600_000;
const PIECE_BYTES = 4 * 1024 * 1024;

export interface BundleDeskOptions extends BundleMaker {
  /** Folder for bundles until they are fetched; emptied at the start. */
  directory: string;
  audit: AuditTrail;
}

interface KeptBundle {
  id: string;
  file: string;
  bytes: number;
  madeAt: number;
}

/** Makes bundles and hands them over piece by piece. */
export class BundleDesk {
  readonly #options: BundleDeskOptions;
  readonly #kept: KeptBundle[] = [];

  constructor(options: BundleDeskOptions) {
    this.#options = options;
    rmSync(options.directory, { recursive: true, force: true });
  }

  async preview(
    request: Omit<BundleRequest, 'passphrase'>,
    signal: AbortSignal | undefined,
  ): Promise<BundlePreview> {
    const { sources, redactor } = this.#options;
    return (await gather(request.parts, request.range, sources, redactor(request), signal)).preview;
  }

  async create(
    request: BundleRequest,
    signal: AbortSignal | undefined,
  ): Promise<{ id: string; name: string; bytes: number; manifest: BundleManifest }> {
    const { clock, audit, directory } = this.#options;
    const { content, name, manifest } = await makeBundle(request, this.#options, signal);
    signal?.throwIfAborted();
    const id = randomUUID();
    const file = join(directory, id);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    await writeFile(file, content, { mode: 0o600 });
    this.#keep({ id, file, bytes: content.length, madeAt: clock.now() });
    audit.record({
      actor: 'operator',
      action: 'bundleMade',
      subject: name,
      details: {
        parts: request.parts,
        ...request.range,
        bytes: content.length,
        encrypted: request.passphrase !== undefined,
      },
    });
    return { id, name, bytes: content.length, manifest };
  }

  /** @throws FailureError NOT_FOUND when it was let go meanwhile */
  async content(id: string, offset: number): Promise<{ base64: string; bytes: number }> {
    this.#letGo();
    const kept = this.#kept.find((each) => each.id === id);
    if (kept === undefined)
      throw new FailureError({ kind: 'NOT_FOUND', message: { key: 'bundle.gone', parameters: {} } });
    const file = await open(kept.file);
    try {
      const piece = Buffer.alloc(Math.max(0, Math.min(PIECE_BYTES, kept.bytes - offset)));
      await file.read(piece, 0, piece.length, offset);
      return { base64: piece.toString('base64'), bytes: kept.bytes };
    } finally {
      await file.close();
    }
  }

  #keep(bundle: KeptBundle): void {
    this.#kept.push(bundle);
    this.#letGo();
  }

  #letGo(): void {
    const before = this.#options.clock.now() - KEPT_MS;
    while (this.#kept.length > MAX_KEPT || (this.#kept[0]?.madeAt ?? Infinity) < before) {
      const oldest = this.#kept.shift();
      if (oldest !== undefined) rmSync(oldest.file, { force: true });
    }
  }
}
