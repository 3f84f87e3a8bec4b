import type { Content, TableCell } from 'pdfmake/interfaces.js';
import { formatNumber, formatTime } from '../../../../src-preload/contract/format.ts';
import { barChart, lineChart, type ChartSetting } from '../charts.ts';
import type { Cell, Column, ReportBlock } from '../document.ts';
import { markSvg, PAPER, riskBarSvg, scoreRuleSvg, STATE_COLOURS, trendSvg } from '../paper.ts';
import type { PageText } from './page-text.ts';
import { CELL_PADDING, columnWidths, EDGE_PADDING } from './column-widths.ts';
import { CONTENT_WIDTH } from './page-size.ts';

const CELL_SIZE = 8.5;
const CODE_SIZE = 7.6;
const CHART_HEIGHT = 132;
const GAP = 8;
/** Rows that stay on one page with their heading. */
export const KEPT_TOGETHER = 8;

type Block<Kind extends ReportBlock['kind']> = Extract<ReportBlock, { kind: Kind }>;

/** A block as pdfmake lays it out. */
export function blockContent(block: ReportBlock, text: PageText): Content[] {
  switch (block.kind) {
    case 'paragraph':
      return [
        {
          text: text.runs(block.words),
          fontSize: 9.5,
          lineHeight: 1.45,
          color: block.dim === true ? PAPER.text3 : PAPER.text,
          margin: [0, 0, 0, GAP - 2],
        },
      ];
    case 'heading':
      return [{ text: text.runs(block.words), fontSize: 9.5, bold: true, margin: [0, 6, 0, 4] }];
    case 'table':
      return [tableContent(block, text)];
    case 'facts':
      return [factsContent(block, text)];
    case 'bars':
      return chartContent(block.caption, barChart(block, chartSetting(text)), text);
    case 'lines':
      return chartContent(block.caption, lineChart(block, chartSetting(text)), text);
    case 'scores':
      return [scoresContent(block, text)];
    case 'evidence':
      return evidenceContent(block, text);
    case 'risk':
      return [riskContent(block, text)];
  }
}

function chartSetting(text: PageText): ChartSetting {
  const { language, timeZone } = text.document;
  return {
    say: (words) => text.words(words),
    language,
    timeZone,
    fontFamily: 'sans',
    width: CONTENT_WIDTH,
    height: CHART_HEIGHT,
  };
}

function chartContent(caption: Block<'bars'>['caption'], svg: string, text: PageText): Content[] {
  return [
    {
      unbreakable: true,
      stack: [
        { text: text.runs(caption), fontSize: 8.5, color: PAPER.text2, margin: [0, 0, 0, 3] },
        { svg, width: CONTENT_WIDTH },
      ],
      margin: [0, 0, 0, GAP],
    },
  ];
}

function tableContent({ columns, rows, empty }: Block<'table'>, text: PageText): Content {
  if (rows.length === 0)
    return { text: text.runs(empty), fontSize: 9, color: PAPER.text2, margin: [0, 2, 0, GAP] };
  const head = columns.map(({ title, align }): TableCell => ({
    text: text.runs(title),
    fontSize: 8,
    color: PAPER.text3,
    alignment: align === 'end' ? 'right' : 'left',
  }));
  return {
    margin: [0, 0, 0, GAP],
    table: {
      headerRows: 1,
      // A heading alone at the foot of a page announces nothing.
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: columnWidths(columns, rows, (words) => text.words(words)),
      body: [head, ...rows.map((row) => columns.map((column, index) => tableCell(row[index], column, text)))],
    },
    layout: {
      hLineWidth: (line: number) => (line === 0 ? 0 : line === 1 ? 0.8 : 0.5),
      vLineWidth: () => 0,
      hLineColor: (line: number) => (line === 1 ? PAPER.lineStrong : PAPER.line),
      paddingLeft: (column: number) => (column === 0 ? EDGE_PADDING : CELL_PADDING),
      paddingRight: (column: number) => (column === columns.length - 1 ? EDGE_PADDING : CELL_PADDING),
      paddingTop: () => 3.2,
      paddingBottom: () => 2.6,
    },
  };
}

function tableCell(cell: Cell | undefined, { align }: Column, text: PageText): TableCell {
  if (cell === undefined) return { text: '' };
  const alignment = align === 'end' ? 'right' : 'left';
  const content: TableCell = { ...written(cell, text), alignment };
  if (cell.state === undefined) return content;
  return {
    columns: [
      { width: 12, stack: [{ svg: markSvg(cell.state, 8), width: 8, margin: [0, 2, 0, 0] }] },
      { ...content, width: '*' },
    ],
  };
}

function written(cell: Cell, text: PageText): { text: Content[]; fontSize: number; color: string } {
  const color = cell.state === undefined ? PAPER.text : STATE_COLOURS[cell.state].text;
  if (cell.code !== true) return { text: text.runs(cell.words), fontSize: CELL_SIZE, color };
  const plain = 'text' in cell.words ? cell.words.text : text.say(cell.words);
  return { text: text.codeRuns(plain), fontSize: CODE_SIZE, color };
}

function factsContent({ facts }: Block<'facts'>, text: PageText): Content {
  return {
    unbreakable: facts.length <= KEPT_TOGETHER,
    margin: [0, 0, 0, GAP],
    table: {
      widths: [130, CONTENT_WIDTH - 144],
      dontBreakRows: true,
      body: facts.map(({ name, value }) => [
        { text: text.runs(name), fontSize: CELL_SIZE, color: PAPER.text3 },
        tableCell(value, { title: name, align: 'start', width: 'fill' }, text),
      ]),
    },
    layout: {
      hLineWidth: (line: number) => (line === 0 || line === facts.length ? 0 : 0.5),
      vLineWidth: () => 0,
      hLineColor: () => PAPER.line,
      paddingLeft: () => 2,
      paddingRight: () => 4,
      paddingTop: () => 2.8,
      paddingBottom: () => 2.4,
    },
  };
}

function scoresContent({ scores }: Block<'scores'>, text: PageText): Content {
  const gap = 22;
  const width = (CONTENT_WIDTH - gap * (scores.length - 1)) / Math.max(1, scores.length);
  return {
    columns: scores.map((score) => ({ width, ...scoreContent(score, width, text) })),
    columnGap: gap,
    margin: [0, 0, 0, GAP],
    unbreakable: true,
  };
}

function scoreContent(
  { name, score, previous, points, maximum, unknown, coverage, trend }: Block<'scores'>['scores'][number],
  width: number,
  text: PageText,
): { stack: Content[] } {
  const line = trendSvg(trend, 60, 18);
  const say = (key: string, parameters: Record<string, string | number>): string =>
    text.words({ key: `paper.${key}`, parameters });
  return {
    stack: [
      {
        columns: [
          { width: '*', text: text.runs(name), fontSize: 9.5, bold: true, margin: [0, 9, 0, 0] },
          ...(line === undefined
            ? []
            : [{ svg: line, width: 66, margin: [0, 4, 0, 0] as [number, number, number, number] }]),
          {
            width: 'auto',
            text: [
              { text: score === null ? '–' : String(score), fontSize: 18, bold: true },
              { text: ' / 100', fontSize: 9, color: PAPER.text2 },
              {
                text: previous === undefined ? '' : `   ${say('previous', { n: String(previous) })}`,
                fontSize: 8,
                color: PAPER.text3,
              },
            ],
          },
        ],
      },
      { svg: scoreRuleSvg(score, previous, width), width, margin: [0, 2, 0, 2] },
      {
        text: [
          score === null
            ? say('noScore', {})
            : say('formula', { points: String(points), maximum: String(maximum), score: String(score) }),
          '   ',
          say('coverage', { percent: String(Math.round(coverage * 100)) }),
          unknown > 0 ? `   ${say('unknown', { n: unknown })}` : '',
        ],
        fontSize: 8,
        color: PAPER.text2,
      },
    ],
  };
}

function evidenceContent({ caption, lines }: Block<'evidence'>, text: PageText): Content[] {
  const { timeZone } = text.document;
  const mark = text.words({ key: 'paper.detected', parameters: {} });
  return [
    ...(caption === undefined
      ? []
      : [
          {
            text: text.runs(caption),
            fontSize: 8.5,
            color: PAPER.text2,
            margin: [0, 2, 0, 3] as [number, number, number, number],
          },
        ]),
    {
      margin: [0, 0, 0, GAP],
      table: {
        widths: [CONTENT_WIDTH - 18],
        dontBreakRows: true,
        body: lines.map(({ time, text: line, detected }) => [
          {
            text: [
              ...text.codeRuns(`${formatTime(time, 'time', timeZone)}  ${line}`),
              ...(detected ? [{ text: `   ← ${mark}`, bold: true, color: STATE_COLOURS.critical.text }] : []),
            ],
            fontSize: 7.2,
            lineHeight: 1.3,
          },
        ]),
      },
      layout: {
        fillColor: () => PAPER.well,
        hLineWidth: (line: number) => (line === 0 || line === lines.length ? 0.6 : 0),
        vLineWidth: () => 0.6,
        hLineColor: () => PAPER.line,
        vLineColor: () => PAPER.line,
        paddingLeft: () => 8,
        paddingRight: () => 8,
        paddingTop: (row: number) => (row === 0 ? 6 : 1.2),
        paddingBottom: (row: number) => (row === lines.length - 1 ? 5 : 1.2),
      },
    },
  ];
}

function riskContent({ address, risk, state, parts }: Block<'risk'>, text: PageText): Content {
  const sum = parts
    .map(({ name, value }) => `${text.words(name)} ${formatNumber(value, text.document.language, 0)}`)
    .join(' + ');
  return {
    unbreakable: true,
    margin: [0, 0, 0, GAP],
    stack: [
      {
        columns: [
          { width: '*', text: text.codeRuns(address), fontSize: 10.5, margin: [0, 8, 0, 0] },
          {
            width: 'auto',
            text: text.words({ key: 'paper.risk', parameters: {} }),
            fontSize: 8.5,
            color: PAPER.text2,
            margin: [0, 10, 8, 0],
          },
          {
            width: 'auto',
            text: formatNumber(risk, text.document.language, 0),
            fontSize: 19,
            bold: true,
            color: STATE_COLOURS[state].text,
          },
        ],
      },
      {
        svg: riskBarSvg(
          parts.map(({ value }) => value),
          state,
          CONTENT_WIDTH,
        ),
        width: CONTENT_WIDTH,
        margin: [0, 2, 0, 3],
      },
      { text: sum, fontSize: 8.5, color: PAPER.text2 },
    ],
  };
}
