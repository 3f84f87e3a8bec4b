import { z } from 'zod';
import { call, rangeSchema, type, type Time, type TimeRange } from './shared.ts';

/** What a diagnostic bundle may hold. Words: `bundle.part.<name>`. */
export const BUNDLE_PARTS = [
  'diagnosis',
  'findings',
  'alerts',
  'metrics',
  'logs',
  'settings',
  'audit',
  'faults',
] as const;
export type BundlePart = (typeof BUNDLE_PARTS)[number];

export const bundleRequestSchema = z.object({
  range: rangeSchema,
  parts: z.array(z.enum(BUNDLE_PARTS)).min(1).max(BUNDLE_PARTS.length),
  /** Outside addresses are replaced too: those of attackers, which a bundle is mostly about. */
  addresses: z.boolean().default(false),
  /** Encrypts the bundle (AES-256-GCM, key by scrypt). Never kept. */
  passphrase: z.string().min(8).max(127).optional(),
});
export type BundleRequest = z.output<typeof bundleRequestSchema>;

/** What leaves the machine, before it does. */
export interface BundlePreview {
  parts: { part: BundlePart; items: number; leftOut: number; bytes: number }[];
  /** Replaced by stable pseudonyms, by kind: `user`, `email`, `account`, `host`, `address`, `secret`. */
  redacted: { kind: string; count: number }[];
  /** Examples of what is replaced by what. */
  samples: { kind: string; before: string; after: string }[];
}

/** A bundle's own description, its first file. */
export interface BundleManifest {
  format: number;
  version: string;
  createdAt: Time;
  /** Pseudonym of the machine. */
  host: string;
  range: TimeRange;
  /** `leftOut`: items of the range beyond the part's limit. */
  files: { name: string; bytes: number; sha256: string; items: number; leftOut: number }[];
}

export const bundleContract = {
  preview: call.input(bundleRequestSchema.omit({ passphrase: true })).output(type<BundlePreview>()),
  /** Makes it and keeps it until it was fetched or an hour has passed. */
  create: call
    .input(bundleRequestSchema)
    .output(type<{ id: string; name: string; bytes: number; manifest: BundleManifest }>()),
  /** Part of it as base64, at most 4 MiB from `offset` on. */
  content: call
    .input(z.object({ id: z.string().min(1).max(100), offset: z.number().int().min(0) }))
    .output(type<{ base64: string; bytes: number }>()),
  /**
   * Checks a bundle that another copy made and unpacks it into a data directory of its own, to be shown read-only.
   * BAD_INPUT when it is none, is damaged, or the passphrase does not fit.
   */
  open: call
    .input(z.object({ path: z.string().min(1).max(4096), passphrase: z.string().max(127).optional() }))
    .output(type<{ directory: string; manifest: BundleManifest }>()),
};
