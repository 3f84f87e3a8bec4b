import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AuditHead } from '../../../../src-preload/contract/audit.ts';

/**
 * The head of the chain outside the database: entries cut off at its end leave no trace inside. Whoever cuts this file as
 * well is still found out by the head printed in every report.
 */
export const AUDIT_ANCHOR_FILE = 'audit-head.json';

const anchorSchema = z.object({ number: z.number().int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** Heads of the chain that are known from outside the database. */
export function recordedHeads(directory: string): AuditHead[] {
  const recorded = readAnchor(directory);
  return recorded === undefined ? [] : [recorded];
}

/** The recorded head; undefined when none is recorded. A damaged file gives a head that no chain has. */
export function readAnchor(directory: string): AuditHead | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, AUDIT_ANCHOR_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return anchorSchema.parse(JSON.parse(text));
  } catch {
    return { number: 1, hash: 'damaged' };
  }
}

/** Written aside and renamed: a crash leaves the old head or the new one. */
export function writeAnchor(directory: string, head: AuditHead): void {
  const file = join(directory, AUDIT_ANCHOR_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(head)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
