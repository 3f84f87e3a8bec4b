import type { Sample } from '../../src-preload/contract/metrics.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { SourceHealth } from '../../src-preload/contract/system.ts';
import type { AlertCentre } from './alert/alert-centre.ts';
import type { Feed, Feeds } from './api/server/feeds.ts';
import type { Clock } from './flow/clock.ts';
import type { MetricSample } from './flow/metric.ts';
import type { OutboundLog } from './flow/outbound.ts';
import { repeatedly, type Repetition } from './flow/repeatedly.ts';
import type { IntakeCounter } from './intake-counter.ts';
import { createHostSource } from './sources/host/host-source.ts';
import type { FileMetricStore } from './store/metrics/metric-store.ts';
import type { ValueStore } from './store/types.ts';

export interface SamplingOptions {
  clock: Clock;
  values: ValueStore;
  metrics: FileMetricStore;
  alerts: AlertCentre;
  intake: IntakeCounter;
  feeds: Feeds;
  outbound: OutboundLog;
  settings: () => Settings;
  onError: (error: unknown) => void;
}

/** Collects this machine's metrics, and leads all samples, collected or received, to store, alerts and views. */
export class Sampling {
  readonly #options: SamplingOptions;
  readonly #host;
  readonly #collecting: Repetition;
  readonly feed: Feed<Sample>;

  constructor(options: SamplingOptions) {
    const { clock, values, alerts, intake, feeds, outbound, settings } = options;
    this.#options = options;
    this.feed = feeds.feed<Sample>({ name: 'feed.samples', coalesce: 'append', limit: 5000 });
    this.#host = createHostSource({
      clock,
      values,
      observe: (observation) => alerts.acceptObservations([observation]),
      ntpServer: () => settings().metrics.ntpServer,
      outbound,
    });
    this.#collecting = repeatedly(
      async () => this.keep([...(await this.#host.collect()), ...intake.samples()]),
      () => settings().metrics.interval * 1000,
      options.onError,
    );
  }

  start(): void {
    this.#collecting.start();
  }

  /** Durable when it returns. */
  keep(samples: MetricSample[]): void {
    const { metrics, alerts } = this.#options;
    metrics.append(samples);
    alerts.acceptSamples(samples);
    this.feed.publish(samples);
  }

  /** Rolls up and lets go what is past its age. */
  maintain(): void {
    const { clock, metrics, settings } = this.#options;
    metrics.maintain(settings().retention.metrics, clock.now());
  }

  health(): SourceHealth {
    return this.#host.health();
  }

  stop(): Promise<void> {
    return this.#collecting.stop();
  }
}
