import fc from 'fast-check';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  AddressColumn,
  codeAddresses,
  writeAddresses,
} from '../../../../src-main/engine/store/block/address-column.ts';
import { plainText } from '../../../../src-main/engine/store/block/block-text.ts';
import type { BlockLines } from '../../../../src-main/engine/store/block/block-lines.ts';
import { ByteReader, ByteWriter } from '../../../../src-main/engine/store/block/bytes.ts';
import { BlockColumns } from '../../../../src-main/engine/store/block/decode-block.ts';
import { BLOCK_VERSION } from '../../../../src-main/engine/store/block/encode-block.ts';
import { addressColumns } from '../../../../src-main/engine/flow/stored-lines.ts';
import { tokenHash } from '../../../../src-main/engine/store/block/gram-filter.ts';

/** A line and the address it is said to have; empty for none. */
type Line = [text: string, address: string];

function blockLines(lines: Line[]): BlockLines {
  const texts = lines.map(([text]) => Buffer.from(text, 'utf8'));
  let end = 0;
  return {
    count: lines.length,
    times: new Float64Array(lines.length),
    levels: new Uint8Array(lines.length),
    offsets: new Float64Array(lines.length),
    text: Buffer.concat(texts),
    textEnds: Uint32Array.from(texts, (text) => (end += text.length)),
    ...addressColumns(lines.map(([, address]) => address)),
    patterns: new Uint32Array(lines.length),
    patternTable: [''],
    sourceTable: ['s'],
    streamTable: [1],
  };
}

function written(lines: BlockLines): { bytes: Uint8Array; table: string[] } {
  const coded = codeAddresses(lines);
  const column = new ByteWriter(16);
  writeAddresses(column, coded);
  return { bytes: column.view().slice(), table: coded.table };
}

function readBack(lines: BlockLines): string[] {
  const text = plainText(Buffer.from(lines.text), () => lines.textEnds, lines.count);
  const column = new AddressColumn(new ByteReader(written(lines).bytes), text, lines.count);
  const all = new Uint8Array(lines.count).fill(1);
  const { table, index } = column.all();
  const addresses = [...index].map((entry) => table[entry] ?? '?');
  expect(addresses.map((_, line) => column.at(line))).toEqual(addresses);
  for (const address of new Set(addresses.filter((each) => each !== '')))
    expect([...column.linesOf(address, all)]).toEqual(addresses.map((each) => (each === address ? 1 : 0)));
  return addresses;
}

const LOGGED: Line[] = [
  ['192.0.2.1 - - "GET / HTTP/1.1" 200', '192.0.2.1'],
  ['Failed password for root from 198.51.100.7 port 22 ssh2', '198.51.100.7'],
  ['Failed password for root from 2001:db8::7 port 22 ssh2', '2001:db8::7'],
  ['session closed', ''],
  ['192.0.2.1', '192.0.2.1'],
];

describe('the address column', () => {
  it('keeps no address that stands in its line', () => {
    expect(written(blockLines(LOGGED)).table).toEqual([]);
    expect(readBack(blockLines(LOGGED))).toEqual(LOGGED.map(([, address]) => address));
  });

  it('knows an address whose neighbours could belong to one', () => {
    const lines: Line[] = [
      ['192.0.2.1:443 asks', '192.0.2.1'],
      ['client:192.0.2.7', '192.0.2.7'],
      ['0192.0.2.7 and 192.0.2.70', '192.0.2.7'],
      ['fe80::1', 'fe80::'],
    ];
    expect(written(blockLines(lines)).table).toEqual([]);
    expect(readBack(blockLines(lines))).toEqual(lines.map(([, address]) => address));
  });

  it('keeps those that stand otherwise or not at all, once each', () => {
    const lines: Line[] = [
      ['from 2001:DB8:0::1', '2001:db8::1'],
      ['nothing', '192.0.2.1'],
      ['nothing again', '2001:db8::1'],
      ['', '192.0.2.1'],
    ];
    expect(written(blockLines(lines)).table).toEqual(['2001:db8::1', '192.0.2.1']);
    expect(readBack(blockLines(lines))).toEqual(lines.map(([, address]) => address));
  });

  it('gives the filter what stands in no line, with all frames that have it', () => {
    const lines: Line[] = Array.from({ length: 1300 }, (_, line) =>
      line === 3 || line === 511 || line === 1200
        ? ['somebody asks', '192.0.2.1']
        : ['192.0.2.7 asks', '192.0.2.7'],
    );
    expect(codeAddresses(blockLines(lines)).tokens).toEqual({
      hashes: [tokenHash('address:192.0.2.1')],
      frames: [0b101],
      addresses: 1,
    });
  });

  it('refuses a place outside the line', () => {
    const column = new ByteWriter(16);
    const tokens = { hashes: [], frames: [], addresses: 0 };
    writeAddresses(column, { table: [], places: Uint32Array.of(900), details: Uint32Array.of(0), tokens });
    const text = plainText(Buffer.from('short'), () => Uint32Array.of(5), 1);
    const read = (): unknown => new AddressColumn(new ByteReader(column.view()), text, 1).all();
    expect(read).toThrow(RangeError);
  });

  it('is read as blocks had it at first, the same address twice in its table', () => {
    const column = new ByteWriter(16);
    column.unsigned(4);
    for (const address of ['', '10.0.0.1', '10.0.0.1', '10.0.0.2']) column.text(address);
    for (const code of [6, 4, 2, 0, 2 * 9 + 1]) column.unsigned(code);
    const block = new ByteWriter(16);
    const text = Buffer.from('192.0.2.1 asks');
    block.unsigned(2);
    for (const [name, bytes] of [
      ['address', column.view()] as const,
      ['length', Buffer.from([0, 0, 0, 0, 14])] as const,
    ]) {
      block.text(name);
      block.unsigned(bytes.length);
      block.bytes(bytes);
    }
    const stored = Buffer.concat([Buffer.of(BLOCK_VERSION), zstdCompressSync(block.view())]);
    const columns: BlockColumns = new BlockColumns(stored, 5, 0, () =>
      plainText(text, () => columns.textEnds(), 5),
    );
    const { table, index } = columns.addresses();
    expect([...index].map((entry) => table[entry])).toEqual([
      '10.0.0.2',
      '10.0.0.1',
      '10.0.0.1',
      '',
      '192.0.2.1',
    ]);
  });

  it('gives every line its address back, whatever the lines', () => {
    const address = fc.constantFrom('', '192.0.2.1', '10.0.0.1', '2001:db8::1', 'é', 'a', '::');
    const piece = fc.oneof(address, fc.constantFrom(' ', 'x', '7', ':', '.', 'é', '日本'), fc.string());
    const line = fc.tuple(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      address,
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        expect(readBack(blockLines(lines))).toEqual(lines.map(([, each]) => each));
      }),
    );
  });
});
