import { hostname } from 'node:os';
import { PROTOCOL_VERSION } from '../../src-preload/contract/limits.ts';
import type { EngineIdentity, EngineMode } from '../../src-preload/contract/system.ts';

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
  };
}
