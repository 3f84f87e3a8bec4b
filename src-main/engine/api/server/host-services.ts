import { createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { WebSocket } from 'ws';
import { ERROR_KINDS } from '../../../../src-preload/contract/errors.ts';
import type { hostContract } from '../../../../src-preload/contract/host.ts';
import { socketLink } from '../../../wire/socket-link.ts';
import { FailureError } from '../../flow/failure.ts';

export type HostClient = ContractRouterClient<typeof hostContract>;

/** A keychain may ask its user first; more than this and whoever waits is better off without an answer. */
const HOST_TIMEOUT_MS = 10_000;

/** What the engine asks of whoever started it. The newest connection counts: a desktop that attached replaces the last. */
export class HostServices {
  readonly #hosts: { socket: WebSocket; client: HostClient }[] = [];
  readonly #timeoutMs: number;

  constructor(timeoutMs = HOST_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  get present(): boolean {
    return this.#hosts.length > 0;
  }

  /** A face offers its services on this socket until it closes. */
  attach(socket: WebSocket): void {
    const client = createORPCClient<HostClient>(socketLink(socket));
    const host = { socket, client };
    this.#hosts.push(host);
    socket.on('close', () => {
      this.#hosts.splice(this.#hosts.indexOf(host), 1);
    });
  }

  /**
   * Asks the host for something, e.g. `ask((host, signal) => host.notify(input, { signal }))`.
   * @throws FailureError UNAVAILABLE without a host, TIMED_OUT when it does not answer, or what the host answered
   */
  async ask<Answer>(call: (host: HostClient, signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const host = this.#hosts.at(-1);
    if (host === undefined) throw unavailable();
    const limit = AbortSignal.timeout(this.#timeoutMs);
    try {
      return await call(host.client, limit);
    } catch (error) {
      if (limit.aborted) throw timedOut();
      throw asFailure(error);
    }
  }
}

function asFailure(error: unknown): FailureError {
  if (!(error instanceof ORPCError)) return unavailable(error);
  const kind = ERROR_KINDS.find((known) => known === error.code);
  const key = kind === undefined ? 'wire.hostFailed' : error.message;
  return new FailureError({ kind: kind ?? 'INTERNAL', message: { key, parameters: {} }, cause: error });
}

function unavailable(cause?: unknown): FailureError {
  return new FailureError({ kind: 'UNAVAILABLE', message: { key: 'wire.noHost', parameters: {} }, cause });
}

function timedOut(): FailureError {
  return new FailureError({ kind: 'TIMED_OUT', message: { key: 'wire.hostSilent', parameters: {} } });
}
