import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LISTENER_IDS, type ListenerId } from '../../../../src-preload/contract/limits.ts';
import type { ListenerState, ReceiverSettings } from '../../../../src-preload/contract/receiver.ts';
import type { Message } from '../../../../src-preload/contract/shared.ts';
import type { QueueState } from '../../../../src-preload/contract/system.ts';
import type { Clock } from '../../flow/clock.ts';
import type { MetricSample } from '../../flow/metric.ts';
import { addressOf, dropProblem, mustBeRefused, warningsOf } from './advice.ts';
import { openHttpListener } from './http-listener.ts';
import { jsonRoutes, otlpRoutes } from './http-routes.ts';
import { createLabelFinder } from './labels.ts';
import { ListenerFault, type Listener, type ListenerContext } from './listener.ts';
import { MetricIntake } from './otlp/metrics.ts';
import { RecordQueue, type Batch } from './record-queue.ts';
import { SenderGate } from './sender-gate.ts';
import { openStreamListener } from './stream-listener.ts';
import type { StampReading } from './syslog-line.ts';
import { Tally } from './tally.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';
import { bears, type KeptToken } from './token.ts';
import { openUdpListener } from './udp-listener.ts';

/** What the receiver needs of the engine. */
export interface ReceiverParts {
  clock: Clock;
  /** Reads stamps without zone. @throws RangeError when the zone is not known */
  stampsIn: (timeZone: string) => StampReading;
  /** Where the lines of a listener go: resolves when they are durable (true) or given up. */
  openSink: (id: ListenerId) => Promise<(bytes: Uint8Array<ArrayBuffer>) => Promise<boolean>>;
  /** Durable when it returns. */
  keepSamples: (samples: MetricSample[]) => void;
  token: () => KeptToken | undefined;
  onError: (error: unknown) => void;
}

/** Batches of one listener that are stored at the same time: while one is written the next is parsed. */
const BATCHES_AT_ONCE = 2;
const LOOK_MS = 1000;
/** How often a listener that could not be had is tried again, and certificate files are looked at. */
const RETRY_MS = 30_000;

/** How long a stop waits for the store. */
const CLOSE_MS = 2000;

/** What there is of a listener, whether it is open or not. */
interface Channel {
  readonly id: ListenerId;
  readonly tally: Tally;
  readonly queue: RecordQueue;
  /** What it was opened with; a change opens it anew. */
  openedWith: string | undefined;
  listener: Listener | undefined;
  reason: ListenerState['reason'];
  pumping: Promise<void> | undefined;
}

/** All listeners, as the settings want them. What one does wrong hinders no other. */
export class Receiver {
  readonly #parts: ReceiverParts;
  readonly #channels: readonly Channel[];
  readonly #metrics: MetricIntake;
  #settings: ReceiverSettings;
  #changing: Promise<void> = Promise.resolve();
  readonly #timers: NodeJS.Timeout[];
  #closed = false;

  constructor(parts: ReceiverParts, settings: ReceiverSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#metrics = new MetricIntake(settings.limits.series);
    this.#channels = LISTENER_IDS.map((id) => ({
      id,
      tally: new Tally(),
      queue: new RecordQueue(settings.limits.queueBytes),
      openedWith: undefined,
      listener: undefined,
      reason: undefined,
      pumping: undefined,
    }));
    this.#timers = [
      setInterval(() => this.#look(), LOOK_MS),
      setInterval(() => void this.apply(this.#settings), RETRY_MS),
    ];
  }

  /** Opens and closes listeners until they are as the settings say; resolves then. Never rejects. */
  apply(settings: ReceiverSettings): Promise<void> {
    this.#settings = settings;
    this.#metrics.setLimit(settings.limits.series);
    this.#changing = this.#changing.then(() => this.#change()).catch(this.#parts.onError);
    return this.#changing;
  }

  states(): ListenerState[] {
    const hasToken = this.#parts.token() !== undefined;
    return this.#channels.map(({ id, tally, listener, reason }) => {
      const { enabled, address, port } = this.#settings[id];
      return {
        id,
        enabled,
        state: enabled ? (listener === undefined ? 'error' : 'ok') : 'unknown',
        ...(enabled && reason !== undefined ? { reason } : {}),
        warnings: listener === undefined ? [] : warningsOf(id, this.#settings, hasToken),
        address,
        port: listener?.port ?? port,
        tls: usesTls(id, this.#settings),
        received: tally.received,
        cut: tally.cut,
        deferred: tally.deferred,
        dropped: tally.dropped,
        dropsBy: tally.dropsBy,
        connections: listener?.connections ?? 0,
        lastSender: tally.lastSender,
        lastAt: tally.lastAt,
      };
    });
  }

  /** In bytes; of those that listen, or have. */
  queues(): QueueState[] {
    const { depth, limit, dropped } = this.#metrics.state;
    const queues = this.#channels
      .filter(({ pumping }) => pumping !== undefined)
      .map(({ id, queue, tally }) => ({
        name: `receive.${id}`,
        depth: queue.depth,
        limit: queue.limit,
        // Strangers who were turned away are no loss.
        dropped: tally.lost,
      }));
    return depth === 0 && dropped === 0
      ? queues
      : [...queues, { name: 'receive.series', depth, limit, dropped: 0 }];
  }

  /** What a person has to look at: listeners that can't be had, and what was lost in the last minutes. */
  problems(): Message[] {
    const now = this.#parts.clock.now();
    return this.#channels.flatMap(({ id, tally, reason, listener }) => {
      const lost = dropProblem(tally, addressOf(id, this.#settings, listener?.port), now);
      return [reason, lost].flatMap((each) =>
        each === undefined ? [] : [{ key: each.key, parameters: each.parameters }],
      );
    });
  }

  /** Takes no more; resolves when what was received is stored, or can't be for a while (a full disk). */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#changing;
    await Promise.all(this.#channels.map((channel) => this.#shut(channel)));
    for (const { queue } of this.#channels) queue.close();
    const stored = Promise.all(this.#channels.flatMap(({ pumping }) => pumping ?? []));
    await Promise.race([stored, pause(CLOSE_MS, undefined, { ref: false })]);
  }

  async #change(): Promise<void> {
    // Closing first: one listener may want the port of another.
    const wanted = await Promise.all(this.#channels.map((channel) => this.#wantedOf(channel.id)));
    for (const [index, channel] of this.#channels.entries())
      if (channel.openedWith !== wanted[index]) await this.#shut(channel);
    for (const [index, channel] of this.#channels.entries()) {
      channel.queue.setLimit(this.#settings.limits.queueBytes);
      const key = wanted[index];
      if (key !== undefined && channel.openedWith === undefined && !this.#closed)
        await this.#open(channel, key);
    }
  }

  #look(): void {
    for (const { listener } of this.#channels) listener?.look?.().catch(this.#parts.onError);
  }

  /** All that a listener depends on, as text; undefined: it is not wanted. */
  async #wantedOf(id: ListenerId): Promise<string | undefined> {
    const own = this.#settings[id];
    if (!own.enabled) return undefined;
    const { allow, classes, timeZone, limits } = this.#settings;
    const files = 'certificate' in own ? [own.certificate, own.key] : [];
    const written = await Promise.all(files.map((file) => lastWritten(file)));
    return JSON.stringify([own, allow, classes, timeZone, limits, written]);
  }

  async #open(channel: Channel, key: string): Promise<void> {
    try {
      const { id } = channel;
      mustBeRefused(id, this.#settings);
      channel.listener = await this.#listen(channel, await this.#tlsOf(id));
      channel.reason = undefined;
      channel.openedWith = key;
      channel.pumping ??= this.#pump(channel);
    } catch (error) {
      if (!(error instanceof ListenerFault)) {
        this.#parts.onError(error);
        return;
      }
      const { key: said, parameters, field } = error.reason;
      const listener = addressOf(channel.id, this.#settings);
      channel.reason = { key: said, parameters: { ...parameters, listener }, field };
    }
  }

  async #shut(channel: Channel): Promise<void> {
    const { listener } = channel;
    channel.listener = undefined;
    channel.openedWith = undefined;
    channel.reason = undefined;
    await listener?.close();
  }

  async #tlsOf(id: ListenerId): Promise<TlsFiles | undefined> {
    const own = this.#settings[id];
    return usesTls(id, this.#settings) && 'certificate' in own ? readTlsFiles(id, own) : undefined;
  }

  #listen({ id, queue, tally }: Channel, tls: TlsFiles | undefined): Promise<Listener> {
    const settings = this.#settings;
    const { clock, keepSamples, token } = this.#parts;
    const context: ListenerContext = {
      settings,
      clock,
      queue,
      tally,
      gate: new SenderGate(settings.allow, settings.limits.senderRate),
      labelOf: createLabelFinder(settings.classes, settings[id].class),
    };
    const opens = (header: string | undefined): boolean => bears(header, token());
    switch (id) {
      case 'syslogUdp':
        return openUdpListener(context, this.#stamps());
      case 'syslogTcp':
      case 'syslogTls':
        return openStreamListener(id, context, this.#stamps(), tls);
      case 'http':
        return openHttpListener(id, context, jsonRoutes(context), opens, tls);
      case 'otlp': {
        const parts = { metrics: this.#metrics, keep: keepSamples, settings: settings.otlp };
        return openHttpListener(id, context, otlpRoutes(context, parts), opens, tls);
      }
    }
  }

  #stamps(): StampReading {
    const { timeZone } = this.#settings;
    try {
      return this.#parts.stampsIn(timeZone);
    } catch {
      throw new ListenerFault('receiver.timeZone', 'receiver.problem.timeZone', { timeZone });
    }
  }

  /** Leads what is received to the store until the queue is closed. */
  async #pump({ id, queue }: Channel): Promise<void> {
    const store = await this.#parts.openSink(id);
    const underWay = new Set<Promise<void>>();
    for (let batch = await queue.next(); batch !== undefined; batch = await queue.next()) {
      const one = this.#storeOne(batch, store).finally(() => underWay.delete(one));
      underWay.add(one);
      if (underWay.size >= BATCHES_AT_ONCE) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  }

  async #storeOne(batch: Batch, store: (bytes: Batch['bytes']) => Promise<boolean>): Promise<void> {
    try {
      batch.settle(await store(batch.bytes));
    } catch (error) {
      this.#parts.onError(error);
      batch.settle(false);
    }
  }
}

/** Syslog over TLS always; HTTP where a certificate is given. */
function usesTls(id: ListenerId, settings: ReceiverSettings): boolean {
  if (id === 'syslogTls') return true;
  const own = settings[id];
  return 'certificate' in own && (own.certificate !== '' || own.key !== '');
}

/** A certificate that was renewed is taken up. */
async function lastWritten(file: string): Promise<number> {
  if (file === '') return 0;
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    // Reading it will say what is wrong.
    return 0;
  }
}
