import { PAPER } from '../paper.ts';

/** How the file looks, on screen and printed. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: ${PAPER.text}; font: 14px/1.6 'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic UI', Meiryo, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
header, main, footer { max-width: 860px; margin: 0 auto; padding: 0 32px; }
header { display: flex; justify-content: space-between; padding-top: 24px; color: ${PAPER.text2}; font-size: 12px; }
.brand { display: inline-flex; align-items: center; gap: 6px; }
footer { margin-top: 40px; padding-top: 12px; padding-bottom: 32px; border-top: 1px solid ${PAPER.line}; color: ${PAPER.text3}; font-size: 11px; overflow-wrap: anywhere; }
h1 { margin: 20px 0 4px; font-size: 28px; line-height: 1.2; }
h2 { display: flex; gap: 14px; margin: 32px 0 10px; padding-bottom: 5px; border-bottom: 1px solid ${PAPER.text}; font-size: 17px; break-after: avoid; }
h3 { margin: 16px 0 6px; font-size: 14px; break-after: avoid; }
p { margin: 0 0 8px; }
svg { max-width: 100%; height: auto; flex: none; }
.dim, figcaption, dt { color: ${PAPER.text3}; font-size: 12px; }
.verdict { display: flex; gap: 16px; margin: 16px 0; padding: 14px 18px; border-left: 4px solid; }
.headline { font-size: 18px; font-weight: 600; line-height: 1.4; }
.word { font-size: 13px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); margin: 0; border: 1px solid ${PAPER.lineStrong}; }
.figures div { padding: 10px 14px; border-right: 1px solid ${PAPER.lineStrong}; }
.figures div:last-child { border-right: 0; }
.figures dd { margin: 0; }
.figures b { display: block; font-size: 26px; line-height: 1.25; }
.figures span { color: ${PAPER.text3}; font-size: 12px; }
nav h2 { margin: 20px 0 4px; border: 0; padding: 0; font-size: 13px; color: ${PAPER.text2}; }
nav ol { margin: 0; padding-left: 22px; font-size: 13px; }
a { color: ${PAPER.accent}; }
table { width: 100%; margin: 0 0 12px; border-collapse: collapse; font-size: 13px; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { padding: 4px 8px; border-bottom: 1px solid ${PAPER.lineStrong}; color: ${PAPER.text3}; font-size: 12px; font-weight: 400; text-align: left; }
td { padding: 4px 8px; border-bottom: 1px solid ${PAPER.line}; vertical-align: top; overflow-wrap: anywhere; }
.end { text-align: right; white-space: nowrap; }
code, pre { font: 12px/1.6 'JetBrains Mono', 'Noto Sans Mono', ui-monospace, monospace; }
pre { margin: 0 0 12px; padding: 10px 12px; border: 1px solid ${PAPER.line}; background: ${PAPER.well}; white-space: pre-wrap; overflow-wrap: anywhere; }
.state { display: inline-flex; align-items: baseline; gap: 6px; }
.facts { display: grid; grid-template-columns: minmax(120px, max-content) 1fr; gap: 2px 16px; margin: 0 0 12px; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.scores { display: grid; grid-template-columns: 1fr 1fr; gap: 28px; }
.score, .risk > p:first-child { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; margin: 0; }
.score span b, .risk b { font-size: 24px; }
figure { margin: 0 0 12px; break-inside: avoid; }
@page { size: A4; margin: 15mm; }
@media print { header, main, footer { max-width: none; padding-left: 0; padding-right: 0; } }
`;
