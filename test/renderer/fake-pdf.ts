/**
 * A real PDF of a few A4 pages, written by hand: one object after another, then the table of where each begins. It draws
 * a title and some bars with the built-in Helvetica, so that it needs no font file.
 */
export function fakePdf(pages: number): Uint8Array<ArrayBuffer> {
  const pageIds = Array.from({ length: pages }, (_, index) => 4 + index * 2);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages} /Kids [${pageIds.map((id) => `${id} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pageIds.flatMap((id, index) => {
      const drawing = drawPage(index + 1, pages);
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${id + 1} 0 R ` +
          '/Resources << /Font << /F1 3 0 R >> >> >>',
        `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
      ];
    }),
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  text += offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return new TextEncoder().encode(text);
}

function drawPage(page: number, pages: number): string {
  const bars = Array.from({ length: 18 }, (_, index) => {
    const height = 20 + ((index * 37 + page * 11) % 140);
    return `0.26 0.33 0.78 rg ${60 + index * 26} 420 16 ${height} re f`;
  });
  return [
    `BT /F1 22 Tf 60 740 Td (Security report, page ${page} of ${pages}) Tj ET`,
    'BT /F1 10 Tf 60 715 Td (2026-11-19 10:42 to 2026-11-20 10:42 JST) Tj ET',
    ...bars,
    '0.8 g 60 700 475 1 re f',
  ].join('\n');
}
