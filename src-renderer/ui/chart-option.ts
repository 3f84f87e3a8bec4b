import type { EChartsCoreOption } from 'echarts/core';
import type { Unit } from '../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../src-preload/contract/shared.ts';
import {
  axisOf,
  highestOf,
  pointsOf,
  type ChartBand,
  type ChartMark,
  type ChartSeries,
  type ChartThreshold,
} from './chart.ts';
import type { ChartColours } from './chart-theme.ts';
import { timeTicks } from './ticks.ts';

export interface ChartInput {
  series: readonly ChartSeries[];
  range: TimeRange;
  unit: Unit;
  thresholds: readonly ChartThreshold[];
  marks: readonly ChartMark[];
  band: ChartBand | undefined;
  gaps: readonly TimeRange[];
  /** Old data: lines step back, text stays readable. */
  faded: boolean;
  /** Pixels, for how many ticks fit. */
  width: number;
  colours: ChartColours;
  words: {
    gap: string;
    value: (value: number) => string;
    /** Short, for the axis. */
    axisValue: (value: number) => string;
    time: (time: number, exact: boolean) => string;
  };
}

/** Left edge of the plot, the same in every chart, so that stacked charts align. */
export const GRID_LEFT = 44;
/** Pixels on each side of a time label's middle. */
const HALF_LABEL_WIDTH = 16;
const MICRO = 10.5;
/** Pixels: twice a line's width. */
const DOT = 3;
/** Pixels: in narrower gaps the word would not fit. */
const GAP_LABEL_WIDTH = 96;

function colourOf(series: ChartSeries, index: number, colours: ChartColours): string {
  if (series.severity !== undefined) return colours[series.severity];
  return colours.series[index] ?? colours.other;
}

function gapAreas({ gaps, range, words, colours, width }: ChartInput): object[] {
  const length = range.to - range.from;
  return gaps.map(({ from, to }) => {
    // At least 3 px of a chart 300 wide, or a missed minute in a day would not be seen.
    const end = Math.max(to, from + length * 0.01);
    const labelled = ((end - from) / length) * (width - GRID_LEFT) > GAP_LABEL_WIDTH;
    return [
      {
        xAxis: from,
        itemStyle: { color: colours.hatch, opacity: 0.7 },
        label: {
          show: labelled,
          formatter: words.gap,
          position: 'insideTop',
          color: colours.axis,
          fontSize: MICRO,
          fontFamily: colours.font,
        },
      },
      { xAxis: end },
    ];
  });
}

function bandAreas({ band, colours }: ChartInput): object[] {
  if (band === undefined) return [];
  return [[{ yAxis: band.low, itemStyle: { color: colours.band } }, { yAxis: band.high }]];
}

/** Share of the width within which a mark's words, centred above it, would be cut off at the edge. */
const EDGE = 0.06;

/** Words of a mark near an edge stand inwards of it. */
function alignOf(time: number, { from, to }: TimeRange): { align?: 'left' | 'right' } {
  const place = (time - from) / (to - from);
  if (place > 1 - EDGE) return { align: 'right' };
  return place < EDGE ? { align: 'left' } : {};
}

function limitLines({ thresholds, marks, colours, range }: ChartInput): object[] {
  const label = { fontSize: MICRO, fontFamily: colours.font };
  const limits = thresholds.map(({ value, severity, label: text }) => ({
    yAxis: value,
    lineStyle: { color: colours[severity], type: 'dashed', width: 1, opacity: 0.85 },
    label: { ...label, show: text !== '', formatter: text, position: 'insideStartTop', color: colours.axis },
  }));
  const moments = marks.map(({ time, label: text }) => ({
    xAxis: time,
    lineStyle: { color: colours.crosshair, type: 'solid', width: 1 },
    label: { ...label, ...alignOf(time, range), formatter: text, position: 'end', color: colours.text },
  }));
  return [...limits, ...moments];
}

/** A point without a neighbour has no line: it would not be seen. */
function dotted(
  point: [number, number | null],
  index: number,
  points: readonly [number, number | null][],
): object {
  const isAlone = (points[index - 1]?.[1] ?? null) === null && (points[index + 1]?.[1] ?? null) === null;
  return isAlone && point[1] !== null ? { value: point, symbol: 'circle', symbolSize: DOT } : point;
}

function lineOf(series: ChartSeries, index: number, input: ChartInput): object {
  const colour = colourOf(series, index, input.colours);
  return {
    id: series.id,
    name: series.name,
    type: 'line',
    data: pointsOf(series).map(dotted),
    symbol: 'none',
    smooth: false,
    animation: false,
    connectNulls: false,
    // Data comes in the resolution asked for; min-max keeps peaks should there be more points than pixels.
    sampling: 'minmax',
    lineStyle: { color: colour, width: 1.4, opacity: input.faded ? 0.5 : 1 },
    itemStyle: { color: colour },
    ...(series.area === true ? { areaStyle: { color: colour, opacity: 0.09 } } : {}),
    emphasis: { disabled: true },
  };
}

/** Empty line that carries what belongs to the chart rather than to one of its lines. */
function decorations(input: ChartInput): object {
  return {
    id: '·',
    type: 'line',
    data: [],
    silent: true,
    animation: false,
    markArea: { silent: true, animation: false, data: [...bandAreas(input), ...gapAreas(input)] },
    markLine: { silent: true, animation: false, symbol: 'none', data: limitLines(input) },
  };
}

function tooltip({ colours, words }: ChartInput): object {
  return {
    trigger: 'axis',
    // HTML tooltips carry inline styles, which the content security policy forbids.
    renderMode: 'richText',
    confine: true,
    transitionDuration: 0,
    backgroundColor: colours.overlay,
    borderColor: colours.line,
    borderWidth: 1,
    padding: [6, 8],
    textStyle: { color: colours.text, fontSize: 11.5, fontFamily: colours.font },
    axisPointer: {
      type: 'line',
      lineStyle: { color: colours.crosshair, width: 1, type: 'solid' },
      label: { show: true },
    },
    valueFormatter: (value: unknown) => (typeof value === 'number' ? words.value(value) : words.gap),
  };
}

/** The whole ECharts option of a time chart. Pure, so that a test can read it. */
export function chartOption(input: ChartInput): EChartsCoreOption {
  const { range, colours, words, unit } = input;
  const highest = Math.max(highestOf(input.series), input.band?.high ?? 0);
  const axis = axisOf(highest, input.thresholds, unit);
  const plotWidth = Math.max(1, input.width - GRID_LEFT);
  const ticks = timeTicks(range, Math.max(2, Math.floor(plotWidth / 76)));
  // One that stands at the right edge would be cut in half.
  const lastLabel = range.to - ((range.to - range.from) * HALF_LABEL_WIDTH) / plotWidth;
  return {
    animation: false,
    backgroundColor: 'transparent',
    // Words of a mark stand above the plot.
    grid: {
      left: GRID_LEFT,
      right: 10,
      top: input.marks.length > 0 ? 22 : 8,
      bottom: 20,
      outerBoundsMode: 'none',
    },
    tooltip: tooltip(input),
    xAxis: {
      type: 'time',
      min: range.from,
      max: range.to,
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        color: colours.axis,
        fontSize: MICRO,
        fontFamily: colours.font,
        hideOverlap: true,
        customValues: ticks.times.filter((time) => time <= lastLabel),
        formatter: (value: number) => words.time(value, ticks.style === 'time'),
      },
      axisPointer: {
        label: {
          formatter: ({ value }: { value: unknown }) =>
            typeof value === 'number' ? words.time(value, true) : '',
          backgroundColor: colours.crosshair,
          color: colours.overlay,
          fontSize: MICRO,
          fontFamily: colours.font,
          padding: [2, 5],
        },
      },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: axis.max,
      interval: axis.interval,
      axisLabel: {
        color: colours.axis,
        fontSize: MICRO,
        fontFamily: colours.font,
        margin: 6,
        formatter: (value: number) => words.axisValue(value),
      },
      splitLine: { lineStyle: { color: colours.grid } },
      axisPointer: { show: false },
    },
    series: [...input.series.map((series, index) => lineOf(series, index, input)), decorations(input)],
  };
}
