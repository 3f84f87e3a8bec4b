import { shallowRef, watch, type ShallowRef } from 'vue';
import type { Series } from '../../src-preload/contract/metrics.ts';
import { useCall, useFeed } from '../bridge/index.ts';
import { useRange } from './range.ts';
import { useEvery } from '../ui/use-every.ts';
import { extended, newestOf, type Newest } from './live-series.ts';
import { METRIC } from './metrics.ts';

/** Points per line: as many as a chart of a third of the window can show. */
const POINTS = 240;
/** The means of past steps are fetched anew this often. */
const RELOAD_MS = 60_000;

interface HostSeries {
  series: ShallowRef<readonly Series[]>;
  newest: ShallowRef<Newest>;
  error: ShallowRef<unknown>;
  reload: () => Promise<void>;
}

/** Lines over the range shown: loaded, then extended by what comes in. All that Overview draws unless named. */
export function useHostSeries(names: readonly string[] = Object.values(METRIC)): HostSeries {
  const { range, mode, preset } = useRange();
  const series = shallowRef<readonly Series[]>([]);
  const newest = shallowRef<Newest>(new Map());

  const loaded = useCall(
    (engine, options) =>
      engine.metrics.range(
        {
          series: names.map((name) => ({ name })),
          range: { from: range.value.from, to: range.value.to },
          points: POINTS,
        },
        options,
      ),
    { on: [mode, preset, () => (mode.value === 'live' ? null : range.value)] },
  );
  useEvery(RELOAD_MS, () => (mode.value === 'live' ? loaded.refresh() : undefined));
  watch(loaded.data, (answer) => {
    if (answer !== undefined) series.value = answer.series;
  });

  useFeed((engine, options) => engine.metrics.watch({ names: [...names] }, options), {
    onItems: (items) => {
      newest.value = newestOf(newest.value, items);
      if (mode.value === 'live') series.value = extended(series.value, items, range.value);
    },
  });
  return { series, newest, error: loaded.error, reload: loaded.refresh };
}
