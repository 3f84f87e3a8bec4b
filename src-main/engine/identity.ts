import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../../src-preload/contract/limits.ts';
import type { EngineIdentity, EngineMode } from '../../src-preload/contract/system.ts';
import { OPENED_FILE, openedSchema } from './open-bundle.ts';

/** Who this engine is, for whoever attaches. */
export function identityOf(
  options: { version: string; dataDirectory: string; mode?: EngineMode | undefined },
  startedAt: number,
): EngineIdentity {
  return {
    version: options.version,
    protocol: PROTOCOL_VERSION,
    hostName: hostname(),
    dataDirectory: options.dataDirectory,
    processId: process.pid,
    nodeVersion: process.version,
    platform: process.platform,
    startedAt,
    mode: options.mode ?? 'normal',
    ...(options.mode === 'bundle' ? { bundle: openedBundle(options.dataDirectory) } : {}),
  };
}

/** What `openBundle` wrote down beside what it unpacked. @throws where nothing was unpacked */
function openedBundle(dataDirectory: string): EngineIdentity['bundle'] {
  return openedSchema.parse(JSON.parse(readFileSync(join(dataDirectory, OPENED_FILE), 'utf8')));
}
