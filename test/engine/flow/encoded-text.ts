import type { Encoding } from '../../../src-main/engine/flow/encoding.ts';

const tables = new Map<string, Map<string, number[]>>();

/** Bytes of every two-byte character, found by asking the decoder. */
function tableOf(encoding: 'shift_jis' | 'euc-jp'): Map<string, number[]> {
  const known = tables.get(encoding);
  if (known !== undefined) return known;
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(encoding);
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (Array.from(text).length === 1 && text !== '\ufffd' && !table.has(text))
        table.set(text, [lead, trail]);
    }
  }
  tables.set(encoding, table);
  return table;
}

/** A text as a file in that encoding holds it; characters it does not have become `?`. */
export function encoded(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  if (encoding !== 'shift_jis' && encoding !== 'euc-jp') return Buffer.from(text);
  const table = tableOf(encoding);
  return Buffer.from(
    Array.from(text).flatMap((character) =>
      character.charCodeAt(0) < 0x80 ? [character.charCodeAt(0)] : (table.get(character) ?? [63]),
    ),
  );
}
