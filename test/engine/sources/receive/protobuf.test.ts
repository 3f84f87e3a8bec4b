import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logLines } from '../../../../src-main/engine/sources/receive/otlp/logs.ts';
import { MetricIntake } from '../../../../src-main/engine/sources/receive/otlp/metrics.ts';
import { LOGS_REQUEST, METRICS_REQUEST } from '../../../../src-main/engine/sources/receive/otlp/schema.ts';
import {
  decodeProtobuf,
  MalformedProtobuf,
  OversizedProtobuf,
  type MessageType,
} from '../../../../src-main/engine/sources/receive/protobuf.ts';

const TYPE: MessageType = {
  1: { name: 'text', kind: 'string' },
  2: { name: 'whole', kind: 'int64' },
  3: { name: 'inner', kind: () => TYPE, many: true },
  4: { name: 'counts', kind: 'fixed64', many: true },
  5: { name: 'zigzag', kind: 'sint32' },
  6: { name: 'flag', kind: 'bool' },
  7: { name: 'ratio', kind: 'double' },
};
const decode = (hex: string): unknown => decodeProtobuf(Buffer.from(hex.replaceAll(' ', ''), 'hex'), TYPE);

describe('Protobuf', () => {
  test('fields of every kind, are read as the format writes them', () => {
    // Encoded by hand after protobuf.dev/programming-guides/encoding.
    expect(decode('0a 02 6869')).toEqual({ text: 'hi' });
    expect(decode('10 96 01')).toEqual({ whole: 150n });
    expect(decode('10 ffffffffffffffffff01')).toEqual({ whole: -1n });
    expect(decode('28 03')).toEqual({ zigzag: -2 });
    expect(decode('30 01')).toEqual({ flag: true });
    expect(decode('39 000000000000f03f')).toEqual({ ratio: 1 });
    expect(decode('1a 02 1001 1a 00')).toEqual({ inner: [{ whole: 1n }, {}] });
  });

  test('repeated numbers, are read packed and one by one', () => {
    expect(decode('22 10 0100000000000000 0200000000000000')).toEqual({ counts: [1n, 2n] });
    expect(decode('21 0100000000000000 21 0200000000000000')).toEqual({ counts: [1n, 2n] });
  });

  test('fields that are not known, are skipped', () => {
    expect(decode('f8 01 05 fa 01 02 0102 f9 01 0000000000000000 fd 01 00000000 10 01')).toEqual({
      whole: 1n,
    });
  });

  test.each([
    ['a length beyond the end', '0a 05 68'],
    ['a number that does not end', '10 ff'],
    ['a number of eleven bytes', '10 ffffffffffffffffffff01'],
    ['a field of number 0', '00 01'],
    ['a group', '0b'],
    ['text where a number is due', '12 01 61'],
    ['a number where text is due', '08 01'],
  ])('%s, is malformed', (_what, hex) => {
    expect(() => decode(hex)).toThrow(MalformedProtobuf);
  });

  test('messages within messages, are read to a depth', () => {
    let nested = Buffer.alloc(0);
    for (let depth = 0; depth < 60; depth += 1)
      nested = Buffer.concat([
        Buffer.from([
          0x1a,
          ...(nested.length < 128 ? [nested.length] : [(nested.length & 127) | 128, nested.length >> 7]),
        ]),
        nested,
      ]);
    expect(() => decodeProtobuf(nested, TYPE)).toThrow(MalformedProtobuf);
  });

  test('very many empty messages, are refused before they fill the memory', () => {
    expect(() => decodeProtobuf(Buffer.from('1a00'.repeat(600_000), 'hex'), TYPE)).toThrow(OversizedProtobuf);
  });

  test('any bytes, are a message or malformed, and what comes of them can be told', async () => {
    const options = { from: '127.0.0.1', now: 0, classAttribute: 'log.class', labelOf: () => undefined };
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // Bytes of the kind that messages are made of get further.
      fc
        .array(fc.constantFrom(0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x08, 0x10, 0x09, 1, 2, 3, 4, 8, 16), {
          maxLength: 80,
        })
        .map((raw) => Uint8Array.from(raw)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (raw) => {
        for (const type of [LOGS_REQUEST, METRICS_REQUEST]) {
          try {
            const request = decodeProtobuf(Buffer.from(raw), type);
            expect((await logLines(request, options)).lines.length).toBeGreaterThanOrEqual(0);
            expect(new MetricIntake(10).take(request, 0).rejected).toBeGreaterThanOrEqual(0);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedProtobuf);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('any JSON, makes lines and points or none', async () => {
    const options = { from: '127.0.0.1', now: 0, classAttribute: 'log.class', labelOf: () => undefined };
    const names = fc.constantFrom(
      'resourceLogs',
      'scopeLogs',
      'logRecords',
      'resourceMetrics',
      'scopeMetrics',
      'metrics',
      'gauge',
      'sum',
      'histogram',
      'dataPoints',
      'name',
      'body',
      'attributes',
      'key',
      'value',
      'timeUnixNano',
      'stringValue',
      'intValue',
      'arrayValue',
      'values',
      '__proto__',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium' },
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (request) => {
        for (const line of (await logLines(request, options)).lines)
          expect(() => void JSON.parse(line.toString())).not.toThrow();
        expect(
          new MetricIntake(10).take(request, 0).samples.every(({ value }) => Number.isFinite(value)),
        ).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
