import { formatNumber, formatTime } from '../../../../src-preload/contract/format.ts';
import { barChart, lineChart, type ChartSetting } from '../charts.ts';
import type { Cell, ReportBlock } from '../document.ts';
import { markSvg, riskBarSvg, scoreRuleSvg, STATE_COLOURS, trendSvg } from '../paper.ts';
import { escapeHtml, visibleText } from './escape.ts';
import type { HtmlPage } from './write-html.ts';

type Block<Kind extends ReportBlock['kind']> = Extract<ReportBlock, { kind: Kind }>;

const CHART = { width: 720, height: 180 };

/** A block as HTML. */
export function blockHtml(block: ReportBlock, page: HtmlPage): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p${block.dim === true ? ' class="dim"' : ''}>${page.words(block.words)}</p>`;
    case 'heading':
      return `<h3>${page.words(block.words)}</h3>`;
    case 'table':
      return tableHtml(block, page);
    case 'facts':
      return `<dl class="facts">${block.facts.map(({ name, value }) => `<dt>${page.words(name)}</dt><dd>${cellHtml(value, page)}</dd>`).join('')}</dl>`;
    case 'bars':
      return chartHtml(page.words(block.caption), barChart(block, chartSetting(page)));
    case 'lines':
      return chartHtml(page.words(block.caption), lineChart(block, chartSetting(page)));
    case 'scores':
      return `<div class="scores">${block.scores.map((score) => scoreHtml(score, page)).join('')}</div>`;
    case 'evidence':
      return evidenceHtml(block, page);
    case 'risk':
      return riskHtml(block, page);
  }
}

function chartSetting({ document, say }: HtmlPage): ChartSetting {
  const { language, timeZone } = document;
  // The chart escapes its words itself.
  return { say: (words) => visibleText(say(words)), language, timeZone, fontFamily: 'sans-serif', ...CHART };
}

/** The picture is for those who see; the tables beside it hold the numbers. */
function chartHtml(caption: string, svg: string): string {
  return `<figure><figcaption>${caption}</figcaption><div role="img" aria-label="${caption}">${svg}</div></figure>`;
}

function tableHtml({ columns, rows, empty }: Block<'table'>, page: HtmlPage): string {
  if (rows.length === 0) return `<p class="dim">${page.words(empty)}</p>`;
  const side = (index: number): string => (columns[index]?.align === 'end' ? ' class="end"' : '');
  const head = columns.map(({ title }, index) => `<th scope="col"${side(index)}>${page.words(title)}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map((_column, index) => {
      const cell = row[index];
      return `<td${side(index)}>${cell === undefined ? '' : cellHtml(cell, page)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

function cellHtml({ words, state, code }: Cell, page: HtmlPage): string {
  const text = code === true ? `<code>${page.words(words)}</code>` : page.words(words);
  if (state === undefined) return text;
  return `<span class="state" style="color:${STATE_COLOURS[state].text}">${markSvg(state, 10)}<span>${text}</span></span>`;
}

function scoreHtml(
  { name, score, previous, points, maximum, unknown, coverage, trend }: Block<'scores'>['scores'][number],
  page: HtmlPage,
): string {
  const say = (key: string, parameters: Record<string, string | number>): string =>
    page.words({ key: `paper.${key}`, parameters });
  const sum =
    score === null
      ? say('noScore', {})
      : say('formula', { points: String(points), maximum: String(maximum), score: String(score) });
  const facts = [
    sum,
    say('coverage', { percent: String(Math.round(coverage * 100)) }),
    ...(unknown > 0 ? [say('unknown', { n: unknown })] : []),
  ];
  const before = previous === undefined ? '' : `<small>${say('previous', { n: String(previous) })}</small>`;
  return `<div><p class="score"><b>${page.words(name)}</b>${trendSvg(trend, 70, 20) ?? ''}<span><b>${score ?? '–'}</b> / 100 ${before}</span></p>${scoreRuleSvg(score, previous, 340)}<p class="dim">${facts.join(' · ')}</p></div>`;
}

function evidenceHtml({ caption, lines }: Block<'evidence'>, page: HtmlPage): string {
  const mark = page.words({ key: 'paper.detected', parameters: {} });
  const rows = lines.map(({ time, text, detected }) => {
    const stamp = formatTime(time, 'time', page.document.timeZone);
    return `${stamp}  ${escapeHtml(text)}${detected ? `   <b style="color:${STATE_COLOURS.critical.text}">← ${mark}</b>` : ''}`;
  });
  const title = caption === undefined ? '' : `<p class="dim">${page.words(caption)}</p>`;
  return `${title}<pre>${rows.join('\n')}</pre>`;
}

function riskHtml({ address, risk, state, parts }: Block<'risk'>, page: HtmlPage): string {
  const { language } = page.document;
  const sum = parts.map(({ name, value }) => `${page.words(name)} ${formatNumber(value, language, 0)}`);
  const bar = riskBarSvg(
    parts.map(({ value }) => value),
    state,
    CHART.width,
  );
  const word = page.words({ key: 'paper.risk', parameters: {} });
  return `<div class="risk"><p><code>${escapeHtml(address)}</code><span>${word} <b style="color:${STATE_COLOURS[state].text}">${formatNumber(risk, language, 0)}</b></span></p>${bar}<p class="dim">${sum.join(' + ')}</p></div>`;
}
