import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReportDocument, Words } from '../../../../src-main/engine/report/document.ts';
import { WrittenPdf } from '../report-files.ts';
import { emptyDocument, sampleDocument } from '../sample-document.ts';

const T = (text: string): Words => ({ text });

/** One section with one table of one column. */
function tableDocument(cells: string[], code = true): ReportDocument {
  const document = sampleDocument('en', 0);
  return {
    ...document,
    sections: [
      {
        section: 'evidence',
        title: T('Table'),
        blocks: [
          {
            kind: 'table',
            columns: [
              { title: T('No.'), align: 'end', width: 'fit' },
              { title: T('Evidence'), align: 'start', width: 'fill' },
            ],
            rows: cells.map((cell, index) => [{ words: T(String(index)) }, { words: T(cell), code }]),
            empty: T('none'),
          },
        ],
      },
    ],
  };
}

describe.each(['ja', 'en'] as const)('A report in %s', (language) => {
  let pdf: WrittenPdf;
  beforeAll(async () => {
    pdf = await WrittenPdf.of(sampleDocument(language));
  });
  afterAll(() => pdf.remove());

  test('embeds subsets of its fonts and no other', () => {
    const lines = pdf.ask('pdffonts').trim().split('\n').slice(2);
    expect(lines.length).toBeGreaterThanOrEqual(3);
    for (const line of lines)
      expect(line).toMatch(/^[A-Z]{6}\+NotoSans(JP|Mono)-\w+ +CID TrueType +Identity-H +yes yes yes/);
  });

  test('says verdict, figures, contents, sections, evidence and the audit head', () => {
    const text = pdf.ask('pdftotext', '-layout');
    const expected =
      language === 'ja'
        ? [
            '侵入された形跡はありません',
            '攻撃の件数',
            '目次',
            '6 検知の一覧',
            '118 ÷ 164 × 100 = 72',
            '不明 3 件',
            '田中',
            '← 検知',
            '監査の先頭',
          ]
        : [
            'Nothing shows that anyone got in',
            'Attacks',
            'Contents',
            '6 All findings',
            '118 ÷ 164 × 100 = 72',
            '3 unknown',
            '田中',
            '← detected here',
            'Audit head #48211',
          ];
    const squeezed = text.replace(/ +/g, ' ');
    for (const words of expected) expect(squeezed).toContain(words);
    expect(squeezed).toContain('SHA-256 9f2c 41ab 7d03 5c1e');
  });

  test('numbers its pages and lists sections with their pages', () => {
    const pages = pdf.ask('pdftotext', '-layout').split('\f').slice(0, -1);
    expect(pages).toHaveLength(pdf.pages);
    pages.forEach((page, index) => expect(page).toMatch(new RegExp(`${index + 1} */ *${pdf.pages}\\s*$`)));
    const last = language === 'ja' ? '検知の一覧' : 'All findings';
    const listed = Number(new RegExp(`6 +${last} +(\\d+)`).exec(pages[0]!)?.[1]);
    expect(pages[listed - 1]).toContain(last);
  });

  test('is A4 and carries title, language and the time it was made', () => {
    const info = pdf.ask('pdfinfo', '-isodates');
    expect(info).toMatch(/Page size: +595\.\d+ x 841\.\d+ pts \(A4\)/);
    expect(info).toContain('CreationDate:    2026-11-20T01:41:00Z');
    expect(info).toMatch(/Author: +Yagura 0\.1\.0/);
  });

  test('made twice, is the same bytes', async () => {
    const again = await WrittenPdf.of(sampleDocument(language));
    expect(Buffer.from(again.bytes).equals(pdf.bytes)).toBe(true);
    again.remove();
  });
});

describe('A PDF', () => {
  const written: WrittenPdf[] = [];
  const write = async (document: ReportDocument, password?: string): Promise<WrittenPdf> => {
    const pdf = await WrittenPdf.of(document, password);
    written.push(pdf);
    return pdf;
  };
  afterEach(() => {
    for (const pdf of written.splice(0)) pdf.remove();
  });

  test('of 500 findings, holds each once, with the heads of the columns on every page', async () => {
    const pdf = await write(sampleDocument('ja', 500));
    const pages = pdf.ask('pdftotext', '-layout').split('\f');
    const ids = [...pages.join('\n').matchAll(/finding-(\d{4})/g)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: 500 }, (_, index) => index));
    for (const page of pages.filter((each) => each.includes('finding-')))
      expect(page).toMatch(/時刻.*種類.*アドレス/);
  });

  test('of a directory in which nothing was seen, says so in every section', async () => {
    const pdf = await write(emptyDocument('ja'));
    expect(pdf.pages).toBe(1);
    expect(pdf.ask('pdftotext').match(/記録はありません/g)).toHaveLength(6);
  });

  test('with a password, opens with it only and is encrypted with AES-256', async () => {
    const pdf = await write(sampleDocument('en'), 'correct horse');
    expect(() => pdf.ask('pdftotext')).toThrow(/password/i);
    expect(() => pdf.ask('pdftotext', '-upw', 'wrong horse')).toThrow(/password/i);
    expect(pdf.ask('pdftotext', '-upw', 'correct horse')).toContain('One attack is going on');
    expect(pdf.ask('pdfinfo', '-upw', 'correct horse')).toMatch(/algorithm:AES-256/);
  });

  test('of an address of 2,000 letters, wraps it within the page and loses none', async () => {
    const address = `https://shop.example/${'abcdefghij'.repeat(200)}`;
    const pdf = await write(tableDocument([address]));
    expect(pdf.ask('pdftotext', '-raw').replace(/\s/g, '')).toContain(address);
    const widest = [...pdf.ask('pdftotext', '-bbox').matchAll(/xMax="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(Math.max(...widest)).toBeLessThanOrEqual(595.28 - 42);
  });

  test('of a long Japanese paragraph, begins no line with a full stop or a closing bracket', async () => {
    const document = sampleDocument('ja', 0);
    const sentence = '発注の経路を二重にしたうえで、相場の配信が途切れたときの（予備の）手順を確かめました。';
    const pdf = await write({
      ...document,
      sections: [
        {
          section: 'summary',
          title: T('長文'),
          blocks: [{ kind: 'paragraph', words: T(sentence.repeat(70)) }],
        },
      ],
    });
    const lines = pdf.ask('pdftotext', '-raw').split('\n');
    expect(lines.filter((line) => /^[。、）」]/.test(line))).toEqual([]);
    expect(lines.join('').match(/確かめました。/g)).toHaveLength(70);
  });

  test('of hostile text, shows what would hide and never fails', async () => {
    const hostile = [
      'a\u202egnp.exe',
      'bell\u0007 escape\u001b[31m null\u0000 tab\tend',
      'lone \ud800 surrogate \udc00',
      'emoji 😀 thai ก arabic ع kanji 𠮷',
      '<script>alert(1)</script> & "quotes" {{braces}} [link](http://x)',
      '\u200b\u200b\u200bzero',
      '',
      ' ',
      '\n\n\n',
    ];
    const pdf = await write(tableDocument(hostile));
    const text = pdf.ask('pdftotext', '-raw').replace(/\s+/g, ' ');
    for (const shown of [
      'a□202Egnp.exe',
      'bell□7',
      '□1B[31m',
      'null□0',
      'lone □D800',
      '□1F600',
      '<script>alert(1)</script> & "quotes"',
      '□200B□200B□200Bzero',
    ])
      expect(text.replace(/ /g, '')).toContain(shown.replace(/ /g, ''));
    expect((await write(tableDocument(hostile, false))).pages).toBe(1);
  });

  test('of hostile names everywhere, is written all the same', async () => {
    const name = '\u202e"><svg onload=x>\u0000';
    const document = sampleDocument('en', 1);
    const pdf = await write({
      ...document,
      hostName: name,
      classification: T(name),
      verdict: { ...document.verdict, headline: T(name.repeat(50)) },
    });
    expect(pdf.ask('pdftotext')).toContain('"><svg onload=x>');
  });
});
