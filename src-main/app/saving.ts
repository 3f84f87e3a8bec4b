import { basename, join } from 'node:path';
import { MAX_NAME_LENGTH, MAX_SAVE_BYTES } from '../../src-preload/contract/desktop.ts';
import { writeAtomically } from './atomic-file.ts';

/** What a page hands over to be saved. */
export interface FileToSave {
  suggestedName: string;
  bytes: Uint8Array;
}

/** @throws TypeError where a page sends something else */
export function fileToSave(value: unknown): FileToSave {
  if (typeof value !== 'object' || value === null || !('suggestedName' in value) || !('bytes' in value))
    throw new TypeError('Not a file to save.');
  const { suggestedName, bytes } = value;
  if (typeof suggestedName !== 'string' || !(bytes instanceof Uint8Array))
    throw new TypeError('Not a file to save.');
  if (bytes.byteLength > MAX_SAVE_BYTES) throw new RangeError('The file is too large to be saved.');
  return { suggestedName, bytes };
}

/** What no file system takes in a name, and what hides how a name ends (control and direction characters). */
const NOT_IN_NAMES = /[<>:"/\\|?*\p{Cc}\p{Cf}]/gu;

/** The part of a page's suggestion that may name a file: no folder, nothing hidden. */
export function safeFileName(suggested: string): string {
  const last = basename(suggested.replaceAll('\\', '/'));
  const name = last
    .replaceAll(NOT_IN_NAMES, '')
    .replace(/^[.\s]+/, '')
    .slice(-MAX_NAME_LENGTH)
    .trim();
  return name === '' ? 'yagura' : name;
}

/** Asks where to save; null: cancelled. */
export type AskWhere = (suggestion: string) => Promise<string | null>;

/**
 * Saves where the user says.
 * @param folder that is suggested, e.g. the user's documents
 * @returns the path, or null when it was cancelled
 */
export async function saveFile(file: FileToSave, folder: string, ask: AskWhere): Promise<string | null> {
  const path = await ask(join(folder, safeFileName(file.suggestedName)));
  if (path === null) return null;
  await writeAtomically(path, file.bytes);
  return path;
}
