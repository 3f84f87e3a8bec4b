import { shallowRef, watch, type ShallowRef } from 'vue';
import type { Series } from '../../../src-preload/contract/metrics.ts';
import { client } from '../../bridge/client.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useFeed } from '../../bridge/use-feed.ts';
import { useRange } from '../../state/range.ts';
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

/** All lines of Overview: loaded for the range, then extended by what comes in. */
export function useHostSeries(): HostSeries {
  const { range, mode, preset } = useRange();
  const names = Object.values(METRIC);
  const series = shallowRef<readonly Series[]>([]);
  const newest = shallowRef<Newest>(new Map());

  const loaded = useCall(
    () =>
      client.metrics.range({
        series: names.map((name) => ({ name })),
        range: { from: range.value.from, to: range.value.to },
        points: POINTS,
      }),
    { refreshMs: RELOAD_MS },
  );
  watch(loaded.data, (answer) => {
    if (answer !== undefined) series.value = answer.series;
  });
  watch(
    [mode, preset, () => (mode.value === 'historical' ? range.value : null)],
    () => void loaded.refresh(),
  );

  useFeed(
    () => client.metrics.watch({ names }),
    ({ items }) => {
      newest.value = newestOf(newest.value, items);
      if (mode.value === 'live') series.value = extended(series.value, items, range.value);
    },
  );
  return { series, newest, error: loaded.error, reload: loaded.refresh };
}
