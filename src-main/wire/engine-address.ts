import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ENGINE_FILE,
  engineFileSchema,
  TOKEN_FILE,
  type EngineFile,
} from '../../src-preload/contract/wire.ts';

/** Where an engine listens, and what opens it. */
export interface EngineAddress {
  file: EngineFile;
  token: string;
}

/**
 * What a data directory says of its engine; undefined when none says it runs. That it says so does not mean that it does:
 * after kill -9 the file stays.
 */
export async function readEngineAddress(dataDirectory: string): Promise<EngineAddress | undefined> {
  try {
    const [text, token] = await Promise.all([
      readFile(join(dataDirectory, ENGINE_FILE), 'utf8'),
      readFile(join(dataDirectory, TOKEN_FILE), 'utf8'),
    ]);
    const parsed = engineFileSchema.safeParse(JSON.parse(text));
    return parsed.success ? { file: parsed.data, token } : undefined;
  } catch (error) {
    // Not there, or not JSON: no engine. No right to read it is something the user must be told.
    if (isForbidden(error)) throw error;
    return undefined;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}
