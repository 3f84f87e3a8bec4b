import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { formatTime, quantity } from '../../../src-preload/contract/format.ts';
import type { ReportBlock } from './document.ts';
import { OTHER_SERIES, PAPER, SERIES_COLOURS, STATE_COLOURS } from './paper.ts';
import type { Say } from './words.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

type Bars = Extract<ReportBlock, { kind: 'bars' }>;
type Lines = Extract<ReportBlock, { kind: 'lines' }>;

/** What a chart is drawn with. */
export interface ChartSetting {
  say: Say;
  language: 'ja' | 'en';
  timeZone: string;
  /** CSS font family; in a PDF the name under which the font is embedded. */
  fontFamily: string;
  width: number;
  height: number;
}

const DAY_MS = 86_400_000;
const FONT_SIZE = 8;
const MAX_LABELS = 9;

/** Stacked bars over time, as SVG. */
export function barChart(block: Bars, setting: ChartSetting): string {
  const { times, series } = block;
  return svgOf(
    {
      ...common(setting, series.length),
      xAxis: timeAxis(times, setting, true),
      yAxis: valueAxis((value) => quantity(value, 'count', setting.language).number, setting),
      series: series.map(({ name, values }, index) => ({
        type: 'bar',
        stack: 'all',
        name: setting.say(name),
        data: values,
        barCategoryGap: '35%',
        itemStyle: { color: colourOf(index) },
        silent: true,
      })),
    },
    setting,
  );
}

/** Lines over time, as SVG. Gaps stay gaps. */
export function lineChart(block: Lines, setting: ChartSetting): string {
  const { times, series, unit, limits } = block;
  return svgOf(
    {
      ...common(setting, series.length),
      xAxis: timeAxis(times, setting, false),
      yAxis: {
        ...valueAxis((value) => written(value, unit, setting.language), setting),
        ...(unit === 'percent' ? { max: 100 } : {}),
      },
      series: series.map(({ name, values }, index) => ({
        type: 'line',
        name: setting.say(name),
        // ECharts draws '-' as a gap.
        data: values.map((value) => value ?? '-'),
        showSymbol: false,
        connectNulls: false,
        lineStyle: { width: 1.2, color: colourOf(index) },
        itemStyle: { color: colourOf(index) },
        silent: true,
        ...(index === 0
          ? {
              markLine: {
                symbol: 'none',
                silent: true,
                label: { show: false },
                data: limits.map(({ value, severity }) => ({
                  yAxis: value,
                  lineStyle: { color: STATE_COLOURS[severity].mark, type: 'dashed', width: 1 },
                })),
              },
            }
          : {}),
      })),
    },
    setting,
  );
}

function colourOf(index: number): string {
  return SERIES_COLOURS[index] ?? OTHER_SERIES;
}

function written(value: number, unit: Lines['unit'], language: string): string {
  const { number, unit: name, space } = quantity(value, unit, language);
  return `${number}${space ? ' ' : ''}${name}`;
}

function common({ fontFamily }: ChartSetting, seriesCount: number): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily, fontSize: FONT_SIZE },
    grid: { left: 44, right: 6, top: seriesCount > 1 ? 24 : 8, bottom: 18, outerBoundsMode: 'none' },
    legend: {
      show: seriesCount > 1,
      type: 'plain',
      top: 0,
      right: 0,
      itemWidth: 8,
      itemHeight: 8,
      itemGap: 12,
      icon: 'rect',
      textStyle: { fontFamily, fontSize: FONT_SIZE, color: PAPER.text2 },
    },
  };
}

function timeAxis(times: number[], { timeZone, fontFamily }: ChartSetting, bars: boolean): EChartsCoreOption {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const every = Math.max(1, Math.ceil(times.length / MAX_LABELS));
  const label = (time: number): string => {
    const text = formatTime(time, span > 2 * DAY_MS ? 'dateMinute' : 'minute', timeZone);
    return span > 2 * DAY_MS ? text.slice(5, 10) : text;
  };
  return {
    type: 'category',
    boundaryGap: bars,
    data: times.map(label),
    axisLine: { lineStyle: { color: PAPER.lineStrong } },
    axisTick: { show: false },
    axisLabel: {
      fontFamily,
      fontSize: FONT_SIZE,
      color: PAPER.text3,
      interval: (index: number) => index % every === 0,
      hideOverlap: true,
    },
  };
}

function valueAxis(label: (value: number) => string, { fontFamily }: ChartSetting): EChartsCoreOption {
  return {
    type: 'value',
    min: 0,
    splitNumber: 3,
    splitLine: { lineStyle: { color: PAPER.grid, width: 1 } },
    axisLabel: { fontFamily, fontSize: FONT_SIZE, color: PAPER.text3, formatter: label },
  };
}

function svgOf(option: EChartsCoreOption, { width, height }: ChartSetting): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  // Styles for a mouse over it, as CDATA that HTML readers stumble over. Names of ours can't look like this: they are escaped.
  return svg.replace(/<style ?>[\s\S]*?<\/style>/g, '');
}
