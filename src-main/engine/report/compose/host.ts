import type { Series } from '../../../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { ReportBlock, ReportPart, Words } from '../document.ts';
import type { HostChart } from '../report-data.ts';
import { text, words, type ComposeContext } from './context.ts';

/** Points of a chart as wide as a page. */
const POINTS = 288;

/** The machine over the range, a chart a subject. */
export function hostPart({ data }: ComposeContext): ReportPart[] {
  const { host, range } = data;
  if (host === undefined) return [];
  const blocks: ReportBlock[] =
    host.length === 0
      ? [{ kind: 'paragraph', words: words('host.none') }]
      : host.map((chart) => chartBlock(chart, range));
  return [{ section: 'host', title: words('title.host'), blocks }];
}

function chartBlock({ name, series, limits }: HostChart, range: TimeRange): ReportBlock {
  const grid = gridOf(series, range);
  return {
    kind: 'lines',
    caption: words(`host.${name}`),
    unit: series[0]?.unit ?? 'count',
    times: grid,
    series: series.map((each) => ({ name: seriesWords(each), values: resampled(each, grid, range) })),
    limits,
  };
}

/** Times all series of a chart share: twice as far apart as the values at the least, so that only a true gap is one. */
function gridOf(series: Series[], range: TimeRange): number[] {
  const widest = Math.max(...series.map(({ stepMs }) => stepMs));
  const step = Math.max(1, Math.ceil((range.to - range.from) / POINTS), 2 * widest);
  const count = Math.max(1, Math.ceil((range.to - range.from) / step));
  return Array.from({ length: count }, (_, index) => range.from + index * step);
}

/** Mean of the values within each step; null where there is none. */
function resampled({ times, values }: Series, grid: number[], range: TimeRange): (number | null)[] {
  const step = (grid[1] ?? range.to) - range.from;
  const sums = new Array<number>(grid.length).fill(0);
  const counts = new Array<number>(grid.length).fill(0);
  for (const [index, time] of times.entries()) {
    const value = values[index];
    const place = Math.floor((time - range.from) / step);
    if (value === null || value === undefined || place < 0 || place >= grid.length) continue;
    sums[place] = (sums[place] ?? 0) + value;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return sums.map((sum, index) => {
    const count = counts[index] ?? 0;
    return count === 0 ? null : sum / count;
  });
}

/** The metric's name in words, and what of it: a mount, a device, an interface. */
function seriesWords({ name, labels }: Series): Words {
  const label = labels['mount'] ?? labels['device'] ?? labels['interface'] ?? Object.values(labels)[0];
  if (name === 'host_disk_used_percent' && label !== undefined) return text(label);
  return words(`series.${name}`, { label: label ?? '' });
}
