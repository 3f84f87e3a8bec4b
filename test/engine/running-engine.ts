import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startEngine, type Engine, type EngineOptions } from '../../src-main/engine/engine.ts';
import { findInstallation } from '../../src-main/installation.ts';
import { attachToEngine, type EngineConnection } from '../../src-main/wire/engine-client.ts';

/** An engine in the test's own process, and a connection to it like that of any face. */
export interface RunningEngine {
  engine: Engine;
  connection: EngineConnection;
  client: EngineConnection['client'];
  stop(): Promise<void>;
}

/** Starts one on a directory, from the sources; what it can't survive fails the test. */
export async function runEngine(
  dataDirectory: string,
  options: Partial<Pick<EngineOptions, 'overrides' | 'mode'>> = {},
): Promise<RunningEngine> {
  const command = join(import.meta.dirname, '../../src-main/cli/index.ts');
  const engine = await startEngine({
    ...findInstallation(pathToFileURL(command).href),
    overrides: {},
    ...options,
    dataDirectory,
    onFatal: (error) => {
      throw error;
    },
  });
  const connection = await attachToEngine(dataDirectory);
  if (connection === undefined) throw new Error('The engine does not answer.');
  return {
    engine,
    connection,
    client: connection.client,
    stop: () => {
      connection.close();
      return engine.stop();
    },
  };
}
