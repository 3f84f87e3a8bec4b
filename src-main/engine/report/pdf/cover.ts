import type { Content, TableCell } from 'pdfmake/interfaces.js';
import { formatTime } from '../../../../src-preload/contract/format.ts';
import type { ReportDocument } from '../document.ts';
import { markSvg, PAPER, STATE_COLOURS } from '../paper.ts';
import { rangeWords } from '../words.ts';
import { sectionId } from './page-size.ts';
import type { PageText } from './page-text.ts';

const BOX_WIDTH = 46;

/** The first page's upper part: what it is, of when, who approves; the verdict; the figures; the contents. */
export function coverContent(document: ReportDocument, text: PageText): Content[] {
  return [
    {
      columns: [
        {
          width: '*',
          stack: [
            {
              text: text.runs(document.title),
              fontSize: 21,
              bold: true,
              lineHeight: 1.1,
              margin: [0, 6, 0, 4],
            },
            { text: rangeWords(document), fontSize: 9.5, color: PAPER.text2 },
            {
              text: text.runs({
                key: 'paper.made',
                parameters: {
                  time: formatTime(document.createdAt, 'dateMinute', document.timeZone),
                  producer: document.producer,
                },
              }),
              fontSize: 8,
              color: PAPER.text3,
              margin: [0, 2, 0, 0],
            },
          ],
        },
        { width: 3 * BOX_WIDTH + 2, ...approvalBoxes(text) },
      ],
      columnGap: 12,
      margin: [0, 0, 0, 12],
    },
    verdictBox(document, text),
    figureRow(document, text),
    contents(document, text),
  ];
}

/** What is where, in two columns: the first page is to have room for the first sections. */
function contents({ sections }: ReportDocument, text: PageText): Content {
  const entries = sections.map(({ title }, index): Content => ({
    columns: [
      { width: 14, text: String(index + 1), color: PAPER.text3 },
      { width: '*', text: text.runs(title), linkToDestination: sectionId(index) },
      // pdfmake measures it as five digits.
      { width: 30, pageReference: sectionId(index), alignment: 'right', color: PAPER.text3 },
    ],
    fontSize: 8.5,
    margin: [0, 0.5, 0, 0.5],
  }));
  const half = Math.ceil(entries.length / 2);
  return {
    stack: [
      {
        text: text.words({ key: 'paper.contents', parameters: {} }),
        fontSize: 9,
        bold: true,
        color: PAPER.text2,
        margin: [0, 0, 0, 3],
      },
      {
        // A gap of the columns would also stand between the numbers and titles within them.
        columns: [
          { width: '*', stack: entries.slice(0, half) },
          { width: 28, text: '' },
          { width: '*', stack: entries.slice(half) },
        ],
      },
    ],
  };
}

/** Places for three stamps, as a report on paper has them. */
function approvalBoxes(text: PageText): {
  table: { widths: number[]; heights: number[]; body: TableCell[][] };
  layout: object;
} {
  const head = (key: string): TableCell => ({
    text: text.words({ key: `paper.${key}`, parameters: {} }),
    fontSize: 7.5,
    alignment: 'center',
    color: PAPER.text2,
  });
  return {
    table: {
      widths: [BOX_WIDTH - 8, BOX_WIDTH - 8, BOX_WIDTH - 8],
      heights: [10, 34],
      body: [
        [head('prepared'), head('reviewed'), head('approved')],
        [{ text: '' }, { text: '' }, { text: '' }],
      ],
    },
    layout: boxLayout(4, 2),
  };
}

function boxLayout(horizontal: number, vertical: number): object {
  return {
    hLineWidth: () => 0.6,
    vLineWidth: () => 0.6,
    hLineColor: () => PAPER.lineStrong,
    vLineColor: () => PAPER.lineStrong,
    paddingLeft: () => horizontal,
    paddingRight: () => horizontal,
    paddingTop: () => vertical,
    paddingBottom: () => vertical,
  };
}

function verdictBox({ verdict }: ReportDocument, text: PageText): Content {
  const colours = STATE_COLOURS[verdict.state];
  const word = text.words({ key: `severity.${verdict.state}`, parameters: {} });
  return {
    margin: [0, 0, 0, 10],
    table: {
      widths: [26, '*'],
      body: [
        [
          { svg: markSvg(verdict.state, 17), margin: [4, 5, 0, 0] },
          {
            stack: [
              {
                columns: [
                  {
                    width: '*',
                    text: text.runs(verdict.headline),
                    fontSize: 12.5,
                    bold: true,
                    lineHeight: 1.2,
                  },
                  {
                    width: 'auto',
                    text: word,
                    noWrap: true,
                    fontSize: 9,
                    bold: true,
                    color: colours.text,
                    margin: [8, 3, 0, 0],
                  },
                ],
              },
              ...verdict.details.map((details): Content => ({
                text: text.runs(details),
                fontSize: 9.5,
                color: PAPER.text2,
                lineHeight: 1.4,
                margin: [0, 3, 0, 0],
              })),
            ],
          },
        ],
      ],
    },
    layout: {
      fillColor: () => colours.tint,
      hLineWidth: () => 0,
      vLineWidth: (line: number) => (line === 0 ? 3 : 0),
      vLineColor: () => colours.mark,
      paddingLeft: (column: number) => (column === 0 ? 8 : 6),
      paddingRight: () => 10,
      paddingTop: () => 9,
      paddingBottom: () => 9,
    },
  };
}

function figureRow({ figures }: ReportDocument, text: PageText): Content {
  if (figures.length === 0) return [];
  return {
    margin: [0, 0, 0, 12],
    table: {
      widths: figures.map(() => '*'),
      body: [
        figures.map(({ label, value, note }) => ({
          stack: [
            { text: text.runs(label), fontSize: 8, color: PAPER.text2 },
            {
              text: text.words({ text: value }),
              fontSize: 19,
              bold: true,
              lineHeight: 1.15,
              margin: [0, 2, 0, 1],
            },
            { text: note === undefined ? ' ' : text.runs(note), fontSize: 8, color: PAPER.text3 },
          ],
        })),
      ],
    },
    layout: boxLayout(10, 7),
  };
}
