// @vitest-environment happy-dom
import axe from 'axe-core';
import { describe, expect, test } from 'vitest';
import type { ReportDocument } from '../../../../src-main/engine/report/document.ts';
import { escapeHtml } from '../../../../src-main/engine/report/html/escape.ts';
import { writeHtml } from '../../../../src-main/engine/report/html/write-html.ts';
import { sayOf } from '../report-files.ts';
import { emptyDocument, sampleDocument } from '../sample-document.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>' & ]]> --> \u202e\u0000 javascript:alert(3)`;

function page(document: ReportDocument): { html: string; dom: Document } {
  const html = writeHtml(document, { say: sayOf(document) });
  return { html, dom: new DOMParser().parseFromString(html, 'text/html') };
}

/** Hostile text in every place that takes anybody's text. */
function hostileDocument(): ReportDocument {
  const replace = (value: unknown, key: string): unknown => {
    if (key === 'text') return HOSTILE;
    if (Array.isArray(value)) return value.map((each: unknown) => replace(each, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replace(each, name)]));
  };
  return {
    ...(replace(sampleDocument('en', 3), '') as ReportDocument),
    hostName: HOSTILE,
    producer: HOSTILE,
  };
}

describe('A report as HTML', () => {
  test.each(['ja', 'en'] as const)('in %s, is one file that fetches nothing and runs nothing', (language) => {
    const { html, dom } = page(sampleDocument(language));
    expect(dom.documentElement.lang).toBe(language);
    expect(dom.querySelectorAll('script, link, iframe, object, embed, base, form')).toHaveLength(0);
    expect(html).not.toMatch(/(src|href)="(?!#)/);
    expect(html).not.toMatch(/url\((?!['"]?#)|@import/);
    expect(
      dom.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content'),
    ).toContain("default-src 'none'");
  });

  test('holds headings that the contents lead to, tables with heads, pictures with names', () => {
    const { dom } = page(sampleDocument('en', 500));
    const links = [...dom.querySelectorAll('nav a')].map((link) => link.getAttribute('href') ?? '');
    expect(links).toHaveLength(6);
    for (const link of links) expect(dom.querySelector(link)).not.toBeNull();
    for (const table of dom.querySelectorAll('table'))
      expect(table.querySelectorAll('th[scope=col]').length).toBeGreaterThan(0);
    for (const picture of dom.querySelectorAll('[role=img]'))
      expect(picture.getAttribute('aria-label')).toBeTruthy();
    expect(dom.querySelectorAll('tbody tr').length).toBeGreaterThanOrEqual(502);
  });

  test('with hostile text everywhere, stays text', () => {
    const { html, dom } = page(hostileDocument());
    expect(dom.querySelectorAll('script, img, [onerror], [onload]')).toHaveLength(0);
    expect(html).not.toContain('\u202e');
    expect(html).not.toContain('\u0000');
    expect(dom.body.textContent).toContain('<script>alert(1)</script>');
  });

  test('of a directory in which nothing was seen, says so', () => {
    expect(page(emptyDocument('ja')).dom.body.textContent.match(/記録はありません/g)).toHaveLength(6);
  });

  test('breaks no rule of accessibility', async () => {
    const { dom } = page(sampleDocument('en'));
    document.documentElement.lang = 'en';
    document.title = dom.title;
    document.body.innerHTML = dom.body.innerHTML;
    // happy-dom lays nothing out, so colours can't be judged here; they are the tokens that the screens are tested with.
    const { violations } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});

test.each([
  ['<b>&"\'', '&lt;b&gt;&amp;&quot;&#39;'],
  ['a\u202eb', 'a□202Eb'],
  ['\ud800x', '\ufffdx'],
  ['改行\nと\tタブ', '改行\nと\tタブ'],
])('escaping %j, gives %j', (before, after) => {
  expect(escapeHtml(before)).toBe(after);
});
