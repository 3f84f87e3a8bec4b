import { MAX_SERIES } from '../../../src-preload/contract/limits.ts';
import type { Sample } from '../../../src-preload/contract/metrics.ts';
import type { MetricStore } from '../store/types.ts';
import { api } from './implementer.ts';
import type { Feed } from './server/feeds.ts';

export interface MetricsParts {
  metrics: MetricStore;
  samples: Feed<Sample>;
}

export function metricsRouter({ metrics, samples }: MetricsParts) {
  return {
    catalogue: api.metrics.catalogue.handler(() => metrics.catalogue()),
    range: api.metrics.range.handler(({ input }) => {
      const series = metrics.range(input.series, input.range, input.points);
      // A name without labels may stand for many series.
      return { series: series.slice(0, MAX_SERIES), truncated: series.length > MAX_SERIES };
    }),
    watch: api.metrics.watch.handler(({ input, signal }) => {
      const names = new Set(input.names);
      return samples.subscribe({ signal, accept: (sample) => names.has(sample.name) });
    }),
  };
}
