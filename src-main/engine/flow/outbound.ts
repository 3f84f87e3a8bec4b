import type { OutboundConnection } from '../../../src-preload/contract/system.ts';

/** Told of every connection the engine makes, before anything is sent; see connection-ledger.ts. */
export interface OutboundLog {
  record(purpose: OutboundConnection['purpose'], destination: string, outcome: 'ok' | 'failed'): void;
}
