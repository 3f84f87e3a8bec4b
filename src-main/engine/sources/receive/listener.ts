import type { ListenerId } from '../../../../src-preload/contract/limits.ts';
import type { ReceiverSettings } from '../../../../src-preload/contract/receiver.ts';
import type { Message } from '../../../../src-preload/contract/shared.ts';
import type { Clock } from '../../flow/clock.ts';
import type { LabelFinder } from './labels.ts';
import type { RecordQueue } from './record-queue.ts';
import type { SenderGate } from './sender-gate.ts';
import type { Tally } from './tally.ts';

/** What every listener works with. */
export interface ListenerContext {
  settings: ReceiverSettings;
  clock: Clock;
  gate: SenderGate;
  labelOf: LabelFinder;
  queue: RecordQueue;
  tally: Tally;
}

/** Something that listens. */
export interface Listener {
  /** The port it has; one was chosen where the settings say 0. */
  readonly port: number;
  readonly connections: number;
  /** Called about once a second. */
  look?(): Promise<void>;
  /** Ends its connections and waits until nothing more comes of it. */
  close(): Promise<void>;
}

/** Why a listener can't be had, and the setting that is to be changed. */
export class ListenerFault extends Error {
  readonly reason: Message & { field: string };

  /** @param field dotted path of the setting */
  constructor(field: string, key: string, parameters: Message['parameters']) {
    super(key);
    this.reason = { key, parameters, field };
  }
}

/** The system's word for why a port can't be had, by its code. */
export function bindFault(id: ListenerId, address: string, port: number, error: unknown): ListenerFault {
  const code = codeOf(error);
  const field = code === 'EADDRNOTAVAIL' ? 'address' : 'port';
  const known = { EADDRINUSE: 'portInUse', EACCES: 'portForbidden', EADDRNOTAVAIL: 'addressNotHere' };
  const name = Object.entries(known).find(([each]) => each === code)?.[1] ?? 'notBound';
  return new ListenerFault(`receiver.${id}.${field}`, `receiver.problem.${name}`, {
    address,
    port: String(port),
    code,
  });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : String(error);
}
