import { randomBytes } from 'node:crypto';
import pdfmake from 'pdfmake';
import type { Content, DynamicContent, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import type { ReportBlock, ReportDocument } from '../document.ts';
import { brandSvg, PAPER } from '../paper.ts';
import { rangeWords, type Say } from '../words.ts';
import { blockContent, KEPT_TOGETHER } from './blocks.ts';
import { coverContent } from './cover.ts';
import { CONTENT_WIDTH, FOOT, HEAD, sectionId, SIDE } from './page-size.ts';
import { PageText } from './page-text.ts';
import { glyphsOf, type ReportFonts } from './printable.ts';

export interface PdfOptions {
  say: Say;
  fonts: ReportFonts;
  /** Encrypts with AES-256. */
  password?: string | undefined;
}

const FOOT_SIZE = 7;
/** Style of the headings of sections that may begin on one page and end on another. */
const LONG_SECTION = 'longSection';

/** A report as a PDF. The same document gives the same bytes, unless it is encrypted. */
export async function writePdf(
  document: ReportDocument,
  options: PdfOptions,
): Promise<{ bytes: Uint8Array; pages: number }> {
  const { fonts, password } = options;
  let pages = 0;
  const text = new PageText(glyphsOf(fonts), options.say, document);
  const definition: TDocumentDefinitions = {
    content: [
      ...coverContent(document, text),
      ...document.sections.flatMap((part, index) => sectionContent(part, index, text)),
    ],
    pageSize: 'A4',
    pageMargins: [SIDE, HEAD, SIDE, FOOT],
    header: pageHead(document, text),
    footer: (page, count) => {
      pages = count;
      return pageFoot(document, text, page, count);
    },
    defaultStyle: { font: 'sans', fontSize: 9, lineHeight: 1.25, color: PAPER.text },
    info: {
      title: text.words(document.title),
      author: document.producer,
      creator: document.producer,
      producer: document.producer,
      subject: `${document.hostName} ${rangeWords(document)}`,
      creationDate: new Date(document.createdAt),
      modDate: new Date(document.createdAt),
    },
    language: document.language,
    version: '1.7ext3',
    pageBreakBefore: (node) => node.style === LONG_SECTION && startsTooLow(node),
    ...(password === undefined
      ? {}
      : {
          userPassword: password,
          // Whoever has the password may do all but forge: a second one nobody knows.
          ownerPassword: randomBytes(24).toString('hex'),
          permissions: { printing: 'highResolution', copying: true, contentAccessibility: true },
        }),
  };
  // Nothing is fetched and no file is read but the fonts, whatever a document says.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => Object.values(fonts).includes(path));
  pdfmake.setFonts({
    sans: { normal: fonts.regular, bold: fonts.bold },
    code: { normal: fonts.code },
  });
  const bytes = await pdfmake.createPdf(definition).getBuffer();
  return { bytes, pages };
}

function startsTooLow(node: { startPosition: { verticalRatio: number } }): boolean {
  return node.startPosition.verticalRatio > 0.86;
}

function sectionContent(
  { title, blocks }: ReportDocument['sections'][number],
  index: number,
  text: PageText,
): Content[] {
  const heading = `${index + 1}   ${text.words(title)}`;
  const [first, ...others] = blocks;
  const together = first === undefined || isShort(first);
  const beginning: Content[] = [
    {
      text: heading,
      // A heading needs room for what it announces; in one piece with it, it has that anyway.
      ...(together ? {} : { style: LONG_SECTION }),
      fontSize: 11.5,
      bold: true,
      id: sectionId(index),
      outline: true,
      outlineText: heading,
      margin: [0, 14, 0, 3],
    },
    rule(PAPER.text, 0.8, [0, 0, 0, 6]),
    ...(first === undefined ? [] : blockContent(first, text)),
  ];
  return [
    ...(together ? [{ stack: beginning, unbreakable: true }] : beginning),
    ...others.flatMap((block) => blockContent(block, text)),
  ];
}

/** Stays with its heading; what is longer begins below the heading and goes on over the page. */
function isShort(block: ReportBlock): boolean {
  if (block.kind === 'table') return block.rows.length <= KEPT_TOGETHER;
  if (block.kind === 'evidence') return block.lines.length <= KEPT_TOGETHER;
  return block.kind !== 'paragraph';
}

/** A line across the page. */
function rule(colour: string, width: number, margin: [number, number, number, number]): Content {
  return {
    canvas: [{ type: 'line', x1: 0, y1: 0, x2: CONTENT_WIDTH, y2: 0, lineWidth: width, lineColor: colour }],
    margin,
  };
}

function pageHead(document: ReportDocument, text: PageText): Content {
  return {
    margin: [SIDE, 24, SIDE, 0],
    columns: [
      { width: 18, stack: [{ svg: brandSvg(13, PAPER.text2), width: 13 }] },
      {
        text: ['Yagura   ', text.runs({ text: document.hostName })].flat(),
        fontSize: 8,
        color: PAPER.text2,
        margin: [0, 1.5, 0, 0],
      },
      {
        text: text.runs(document.classification),
        fontSize: 8,
        color: PAPER.text2,
        alignment: 'right',
        margin: [0, 1.5, 0, 0],
      },
    ],
  };
}

function pageFoot(
  document: ReportDocument,
  text: PageText,
  page: number,
  count: number,
): ReturnType<DynamicContent> {
  const { contentHash: hash, auditHead } = document;
  const audit = text.say({
    key: 'paper.auditHead',
    parameters: { number: String(auditHead.number), hash: shortHash(auditHead.hash) },
  });
  return {
    margin: [SIDE, 12, SIDE, 0],
    stack: [
      rule(PAPER.line, 0.6, [0, 0, 0, 6]),
      {
        columns: [
          {
            text: text.codeRuns(`SHA-256 ${shortHash(hash)}    ${audit}`),
            width: '*',
            fontSize: FOOT_SIZE,
            color: PAPER.text3,
          },
          {
            text: `${page} / ${count}`,
            width: 60,
            alignment: 'right',
            fontSize: FOOT_SIZE + 0.5,
            color: PAPER.text3,
          },
        ],
      },
    ],
  };
}

/** `9f2c 41ab 7d03 5c1e … e118`: enough to compare by eye; the first page has all of it. */
function shortHash(hash: string): string {
  const groups = hash.match(/.{1,4}/g) ?? [];
  return groups.length <= 5 ? groups.join(' ') : `${groups.slice(0, 4).join(' ')} … ${groups.at(-1) ?? ''}`;
}
