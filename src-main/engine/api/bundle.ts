import type { BundleManifest } from '../../../src-preload/contract/bundle.ts';
import type { BundleDesk } from '../diagnose/bundle/desk.ts';
import { api } from './implementer.ts';

export interface BundleParts {
  desk: BundleDesk;
  open: (
    path: string,
    passphrase: string | undefined,
  ) => Promise<{ directory: string; manifest: BundleManifest }>;
}

export function bundleRouter({ desk, open }: BundleParts) {
  return {
    preview: api.bundle.preview.handler(({ input, signal }) => desk.preview(input, signal)),
    create: api.bundle.create.handler(({ input, signal }) => desk.create(input, signal)),
    content: api.bundle.content.handler(({ input }) => desk.content(input.id, input.offset)),
    open: api.bundle.open.handler(({ input }) => open(input.path, input.passphrase)),
  };
}
