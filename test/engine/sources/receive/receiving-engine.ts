import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { callLimit } from '../../../../src-main/wire/engine-client.ts';
import type { ListenerId } from '../../../../src-preload/contract/limits.ts';
import type { ListenerState } from '../../../../src-preload/contract/receiver.ts';
import { requireProgram } from '../../../programs.ts';
import { runEngine, type RunningEngine } from '../../running-engine.ts';

const run = promisify(execFile);

/** What a test waits for comes within this time, on a busy machine too. */
export const PATIENCE = { timeout: 15_000, interval: 25 };

/** An engine of its own with listeners on free ports of this machine, in the test's process. */
export class ReceivingEngine {
  readonly directory: string;
  readonly #running: RunningEngine;

  private constructor(directory: string, running: RunningEngine) {
    this.directory = directory;
    this.#running = running;
  }

  /** @param settings below `receiver`, by dotted path */
  static async start(
    listeners: readonly ListenerId[],
    settings: Record<string, unknown> = {},
  ): Promise<ReceivingEngine> {
    const directory = mkdtempSync(join(tmpdir(), 'yagura-receiver-'));
    const on = listeners.flatMap((id) => [
      [`receiver.${id}.enabled`, true],
      [`receiver.${id}.port`, 0],
    ]);
    const more = Object.entries(settings).map(([path, value]) => [`receiver.${path}`, value]);
    const running = await runEngine(join(directory, 'data'), {
      overrides: { 'logs.discover': false, ...Object.fromEntries([...on, ...more]) },
    });
    const receiving = new ReceivingEngine(directory, running);
    await vi.waitFor(async () => {
      for (const id of listeners) expect((await receiving.listener(id)).state).toBe('ok');
    }, PATIENCE);
    return receiving;
  }

  get client(): RunningEngine['client'] {
    return this.#running.client;
  }

  async listener(id: ListenerId): Promise<ListenerState> {
    const { listeners } = await this.client.receiver.state(undefined, callLimit());
    const state = listeners.find((each) => each.id === id);
    if (state === undefined) throw new Error(`there is no listener ${id}`);
    return state;
  }

  async portOf(id: ListenerId): Promise<number> {
    return (await this.listener(id)).port;
  }

  async token(): Promise<string> {
    return (await this.client.receiver.rotateToken(undefined, callLimit())).token;
  }

  /** Texts of the stored lines that hold these words, oldest first. */
  async lines(text: string, limit = 1000): Promise<string[]> {
    const { lines } = await this.client.logs.search({ filter: { text }, limit }, callLimit());
    return lines.map((line) => line.text);
  }

  async count(text: string): Promise<number> {
    return (await this.client.logs.count({ filter: { text } }, callLimit())).count;
  }

  /** Waits until so many lines hold these words. */
  async until(text: string, count: number): Promise<string[]> {
    await vi.waitFor(async () => expect(await this.count(text)).toBe(count), PATIENCE);
    return this.lines(text);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A certificate for 127.0.0.1 that signs itself, and its key, as PEM files. */
export async function makeCertificate(
  directory: string,
  name = 'receiver',
): Promise<{ certificate: string; key: string }> {
  const openssl = requireProgram('openssl', 'openssl');
  const certificate = join(directory, `${name}.crt`);
  const key = join(directory, `${name}.key`);
  const parameters =
    '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1';
  await run(openssl, ['req', ...parameters.split(' '), '-keyout', key, '-out', certificate]);
  return { certificate, key };
}
