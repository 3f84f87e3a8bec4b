import { formatTime } from '../../../../src-preload/contract/format.ts';
import type { ReportDocument, ReportPart, Words } from '../document.ts';
import { brandSvg, markSvg, STATE_COLOURS } from '../paper.ts';
import { rangeWords, type Say } from '../words.ts';
import { blockHtml } from './blocks.ts';
import { escapeHtml } from './escape.ts';
import { STYLE } from './style.ts';

/** What blocks write with. */
export interface HtmlPage {
  document: ReportDocument;
  /** A message of ours or anybody's text, escaped. */
  words: (words: Words) => string;
  say: Say;
}

/**
 * A report as one HTML file: no script, nothing fetched (a policy in the file forbids both, should something of a log ever
 * get through), prints as it looks.
 */
export function writeHtml(document: ReportDocument, { say }: { say: Say }): string {
  const page: HtmlPage = { document, say, words: (words) => escapeHtml(say(words)) };
  const { language, hostName, classification, contentHash, auditHead, producer } = document;
  const title = page.words(document.title);
  const audit = page.words({
    key: 'paper.auditHead',
    parameters: { number: String(auditHead.number), hash: auditHead.hash },
  });
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width">
<title>${title} · ${escapeHtml(hostName)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><span class="brand">${brandSvg(16, 'currentColor')}<b>Yagura</b> ${escapeHtml(hostName)}</span><span>${page.words(classification)}</span></header>
<main>
<h1>${title}</h1>
<p class="dim">${escapeHtml(rangeWords(document))}<br>${page.words({
    key: 'paper.made',
    parameters: { time: formatTime(document.createdAt, 'dateMinute', document.timeZone), producer },
  })}</p>
${verdictHtml(page)}
${figuresHtml(page)}
${contentsHtml(page)}
${document.sections.map((part, index) => sectionHtml(part, index, page)).join('\n')}
</main>
<footer><code>SHA-256 ${contentHash}</code><br><code>${audit}</code></footer>
</body>
</html>
`;
}

function verdictHtml(page: HtmlPage): string {
  const { state, headline, details } = page.document.verdict;
  const word = page.words({ key: `severity.${state}`, parameters: {} });
  const colours = STATE_COLOURS[state];
  return `<section class="verdict" style="background:${colours.tint};border-color:${colours.mark}">${markSvg(state, 22)}<div><p class="headline">${page.words(headline)} <b class="word" style="color:${colours.text}">${word}</b></p>${details.map((each) => `<p>${page.words(each)}</p>`).join('')}</div></section>`;
}

function figuresHtml({ document, words }: HtmlPage): string {
  if (document.figures.length === 0) return '';
  const figures = document.figures.map(
    ({ label, value, note }) =>
      `<div><dt>${words(label)}</dt><dd><b>${escapeHtml(value)}</b>${note === undefined ? '' : `<span>${words(note)}</span>`}</dd></div>`,
  );
  return `<dl class="figures">${figures.join('')}</dl>`;
}

function contentsHtml({ document, words }: HtmlPage): string {
  const title = words({ key: 'paper.contents', parameters: {} });
  const entries = document.sections.map(
    (part, index) => `<li><a href="#section-${index + 1}">${words(part.title)}</a></li>`,
  );
  return `<nav aria-label="${title}"><h2>${title}</h2><ol>${entries.join('')}</ol></nav>`;
}

function sectionHtml({ title, blocks }: ReportPart, index: number, page: HtmlPage): string {
  const body = blocks.map((block) => blockHtml(block, page)).join('\n');
  return `<section><h2 id="section-${index + 1}"><span>${index + 1}</span>${page.words(title)}</h2>\n${body}\n</section>`;
}
