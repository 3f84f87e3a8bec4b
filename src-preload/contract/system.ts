import { z } from 'zod';
import type { SourceKind } from './log-sources.ts';
import {
  call,
  pushes,
  type,
  type Message,
  type Severity,
  type State,
  type Time,
  type TimeRange,
} from './shared.ts';

/** Who answers: shown in Settings → About, and compared before a desktop attaches. */
export interface EngineIdentity {
  version: string;
  protocol: number;
  hostName: string;
  dataDirectory: string;
  processId: number;
  /** `process.version` of the runtime the engine runs on. */
  nodeVersion: string;
  platform: string;
  startedAt: Time;
  /** `demo`: watches logs that we write; `bundle`: shows what another copy handed over, read-only. */
  mode: EngineMode;
  /** In `bundle` mode: whose, when it was made and what it covers. */
  bundle?: { host: string; createdAt: Time; range: TimeRange } | undefined;
}

export type EngineMode = 'normal' | 'demo' | 'bundle';

/** Where the engine connected to, and why: proof of "nothing is sent unless told to" (L106). */
export interface OutboundConnection {
  /** Words: `connection.purpose.<purpose>`. */
  purpose: 'time' | 'component' | 'certificate' | 'logs';
  /** `host:port`. */
  destination: string;
  count: number;
  firstAt: Time;
  lastAt: Time;
  lastOutcome: 'ok' | 'failed';
}

/** A bounded queue as the self-monitoring page shows it. */
export interface QueueState {
  name: string;
  depth: number;
  limit: number;
  /** Items dropped since the engine started. */
  dropped: number;
}

/** A source of data as "What I can see" shows it. */
export interface SourceHealth {
  id: string;
  kind: 'host' | SourceKind;
  /** Path, glob or name, as configured. */
  name: string;
  state: State;
  /** Why the state is not ok. */
  reason?: Message | undefined;
  /** Time of the newest item read, when any was. */
  lastSeenAt?: Time | undefined;
  /** Lines (or samples) stored since the engine started. */
  items: number;
  /** Bytes still to be read (files only). */
  lagBytes?: number | undefined;
}

/** The engine in one glance; pushed once a second. */
export interface Status {
  time: Time;
  /** Worst of active alerts and of what can't be seen. */
  state: State;
  /** Unresolved alerts by severity. */
  alerts: Record<Severity, number>;
  /** Unacknowledged critical and error alerts: the rail badge. */
  needsYou: number;
  sources: SourceHealth[];
  ingest: {
    linesPerSecond: number;
    linesTotal: number;
    dropped: number;
    /** Set while reading waits, e.g. for space on the disk. */
    waiting?: Message | undefined;
  };
  /** Rules known and when they were last evaluated. */
  evaluation: { rules: number; lastAt?: Time | undefined };
  queues: QueueState[];
  own: { cpuPercent: number; memoryBytes: number; memoryLimitBytes: number };
  storage: { usedBytes: number; freeBytes: number };
  /** Things wrong with Yagura itself, e.g. a corrupt file set aside, a rule file that does not load. */
  problems: { severity: Severity; message: Message }[];
  /** Network connections the engine made since it started. */
  outboundConnections: number;
  /** Head of the audit chain. */
  audit: { number: number; hash: string };
  /** The newest diagnosis, when there is one. */
  diagnosis?: { at: Time; security: number | null; performance: number | null } | undefined;
}

/** One cell of the day ribbon: the worst state within a span. */
export interface RibbonCell {
  time: Time;
  state: State;
}

export const systemContract = {
  identity: call.output(type<EngineIdentity>()),
  status: call.output(type<Status>()),
  watchStatus: call.output(pushes<Status>()),
  /** Worst state per `stepMs` from `from` to now; spans in which the engine did not run are `unknown`. */
  ribbon: call
    .input(z.object({ from: z.number().int().min(0), stepMs: z.number().int().min(60_000).max(86_400_000) }))
    .output(type<RibbonCell[]>()),
  /** Every destination since the engine started, newest first; what did not fit is counted. */
  connections: call.output(type<{ connections: OutboundConnection[]; dropped: number }>()),
  /** Tells that a stream's pushes up to `sequence` were taken in. */
  acknowledge: call
    .input(z.object({ subscription: z.string().max(64), sequence: z.number().int().min(0) }))
    .output(type<Record<string, never>>()),
};
