import { z } from 'zod';
import { LISTENER_IDS, type ListenerId } from '../../src-preload/contract/limits.ts';
import type { LogSource } from '../../src-preload/contract/log-sources.ts';
import type { ReceiverSettings, ReceiverState } from '../../src-preload/contract/receiver.ts';
import type { QueueState } from '../../src-preload/contract/system.ts';
import type { AuditTrail } from './flow/audit-trail.ts';
import type { Clock } from './flow/clock.ts';
import type { MetricSample } from './flow/metric.ts';
import { StampReader } from './parse/stamp.ts';
import type { Pipeline } from './pipeline.ts';
import type { ProblemList } from './problem-list.ts';
import { addressOf } from './sources/receive/advice.ts';
import { Receiver } from './sources/receive/receiver.ts';
import type { StampReading } from './sources/receive/syslog-line.ts';
import { makeToken, type KeptToken } from './sources/receive/token.ts';
import type { ValueStore } from './store/types.ts';

export interface ReceivingOptions {
  clock: Clock;
  pipeline: Pipeline;
  values: ValueStore;
  audit: AuditTrail;
  problems: ProblemList;
  settings: () => ReceiverSettings;
  keepSamples: (samples: MetricSample[]) => void;
  onError: (error: unknown) => void;
}

const TOKEN = 'receiver.token';
const keptTokenSchema = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), madeAt: z.number() });
const TELL_MS = 1000;

/** Source id of what a listener receives. */
const sourceIdOf = (id: ListenerId): string => `receiver:${id}`;

/** The receiver within the engine: its lines go through the pipeline, its token and its losses are told. */
export class Receiving {
  readonly #options: ReceivingOptions;
  readonly #everOn = new Set<ListenerId>();
  #receiver: Receiver | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(options: ReceivingOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, settings, keepSamples, onError, problems } = this.#options;
    this.#receiver = new Receiver(
      {
        clock,
        stampsIn: (timeZone) => stampsIn(timeZone, clock),
        openSink: (id) => this.#openSink(id),
        keepSamples,
        token: () => this.#token(),
        onError,
      },
      settings(),
    );
    this.refresh();
    this.#telling = setInterval(
      () => problems.replace('receiver.', this.#receiver?.problems() ?? []),
      TELL_MS,
    );
  }

  /** Settings changed. */
  refresh(): void {
    const settings = this.#options.settings();
    for (const id of LISTENER_IDS) if (settings[id].enabled) this.#everOn.add(id);
    void this.#receiver?.apply(settings);
  }

  state(): ReceiverState {
    return { listeners: this.#receiver?.states() ?? [], tokenMadeAt: this.#token()?.madeAt };
  }

  queues(): QueueState[] {
    return this.#receiver?.queues() ?? [];
  }

  /** Listeners that are on, or were in this run, as log sources; what of them was stored is counted elsewhere. */
  sources(): Omit<LogSource, 'lines' | 'format'>[] {
    const settings = this.#options.settings();
    return this.state()
      .listeners.filter(({ id }) => this.#everOn.has(id))
      .map(({ id, enabled, state, reason, port, lastAt }) => ({
        id: sourceIdOf(id),
        path: addressOf(id, settings, port),
        kind: 'receiver',
        logClass: 'application',
        origin: 'user',
        enabled,
        state: state === 'ok' ? 'ok' : 'unknown',
        reason,
        lastSeenAt: lastAt,
      }));
  }

  rotateToken(): { token: string; madeAt: number } {
    const { clock, values, audit } = this.#options;
    const { token, kept } = makeToken(clock.now());
    values.set(TOKEN, JSON.stringify(kept));
    audit.record({ actor: 'operator', action: 'receiverTokenMade', subject: 'receiver', details: {} });
    return { token, madeAt: kept.madeAt };
  }

  async stop(): Promise<void> {
    clearInterval(this.#telling);
    await this.#receiver?.close();
  }

  #token(): KeptToken | undefined {
    const text = this.#options.values.get(TOKEN);
    const kept = text === undefined ? undefined : keptTokenSchema.safeParse(parsedJson(text));
    return kept?.data;
  }

  /**
   * A stream of its own for every run: what was received before a crash is stored up to an offset that only the partitions
   * know, and lines of now at the same offsets would be taken for those.
   */
  async #openSink(id: ListenerId): Promise<(bytes: Uint8Array<ArrayBuffer>) => Promise<boolean>> {
    const { clock, pipeline } = this.#options;
    const sourceId = sourceIdOf(id);
    const { stream } = await pipeline.registry.create({
      sourceId,
      path: sourceId,
      fileId: `${sourceId}:${clock.now()}`,
      fingerprint: '',
      fingerprintLength: 0,
    });
    let offset = 0;
    return async (bytes) => {
      const readAt = clock.now();
      const from = offset;
      offset += bytes.length;
      const end = await pipeline.submit({
        sourceId,
        stream,
        fd: undefined,
        bytes,
        from,
        to: offset,
        cursor: undefined,
        live: true,
        readAt,
        fallbackTime: readAt,
        path: sourceId,
        timeZone: this.#options.settings().timeZone || undefined,
        year: undefined,
        logClass: undefined,
        // Of whichever senders: what one of them writes otherwise says nothing of the rest.
        encoding: 'utf-8',
      });
      return end !== undefined;
    };
  }
}

/** @throws RangeError when the zone is not known */
function stampsIn(timeZone: string, clock: Clock): StampReading {
  const reader = new StampReader({ timeZone: timeZone === '' ? undefined : timeZone });
  return {
    readBsd: (bytes, at, end) => {
      reader.setNow(clock.now());
      return reader.readBsd(bytes, at, end);
    },
    get time() {
      return reader.time;
    },
  };
}

function parsedJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
