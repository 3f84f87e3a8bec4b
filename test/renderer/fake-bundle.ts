import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../src-preload/contract/index.ts';
import type { BundleManifest } from '../../src-preload/contract/bundle.ts';

/** What the made-up bundle holds: enough for three parts of content. */
export const FAKE_BUNDLE = new Uint8Array(9 * 1024 * 1024).map((_, index) => index % 251);
const PART_BYTES = 4 * 1024 * 1024;

export function fakeBundle(now: () => number) {
  const os = implement(contract).bundle;
  const manifest: BundleManifest = {
    format: 1,
    version: '0.1.0',
    createdAt: now(),
    host: 'host-1',
    range: { from: now() - 86_400_000, to: now() },
    files: [],
  };
  return {
    preview: os.preview.handler(({ input }) => ({
      parts: input.parts.map((part, index) => ({
        part,
        items: part === 'logs' ? 20_000 : 40 * (index + 1),
        leftOut: part === 'logs' ? 508_341 : 0,
        bytes: part === 'logs' ? 8_400_000 : 12_000 * (index + 1),
      })),
      redacted: [
        { kind: 'secret', count: 3 },
        { kind: 'user', count: 41 },
        { kind: 'address', count: 12 },
      ],
      samples: [
        { kind: 'user', before: 'for user ops-sato by', after: 'for user user-1 by' },
        { kind: 'address', before: '192.168.10.4', after: 'inside-2' },
      ],
    })),
    create: os.create.handler(() => ({
      id: 'b1',
      name: 'yagura-2026-11-20.bundle',
      bytes: FAKE_BUNDLE.length,
      manifest,
    })),
    content: os.content.handler(({ input }) => {
      const part = FAKE_BUNDLE.subarray(input.offset, input.offset + PART_BYTES);
      const binary = Array.from(part, (byte) => String.fromCharCode(byte)).join('');
      return { base64: btoa(binary), bytes: FAKE_BUNDLE.length };
    }),
    open: os.open.handler(({ input }) => {
      if (input.path.endsWith('.yagura-bundle') && (input.passphrase ?? '') === '')
        throw new ORPCError('BAD_INPUT', {
          data: { key: 'bundle.fault.passphraseWanted', parameters: {}, field: 'passphrase' },
        });
      return { directory: '/data/opened/0b0e7c1e-8f0a-4a4e-9f5e-1d6a3b7c9d10', manifest };
    }),
  };
}
