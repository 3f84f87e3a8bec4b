import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitLines } from '../../../../src-main/engine/flow/line-batch.ts';
import { FIELD } from '../../../../src-main/engine/flow/parsed-batch.ts';
import { describeLine } from '../../../../src-main/engine/parse/describe.ts';
import { createLineParser } from '../../../../src-main/engine/parse/line-parser.ts';
import { NOW } from '../parse-text.ts';

const options = { timeZone: 'UTC', clock: { now: () => NOW } };

/** A line of every format, to be damaged. */
const LINES = [
  'shop:80 203.0.113.7 - kim [21/Nov/2026:09:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "x" 0.250 "203.0.113.9, 10.0.0.1"',
  '2026/11/21 09:00:00 [error] 31#31: *7 x "y", client: 203.0.113.7, server: a, request: "GET / HTTP/1.1", referrer: "z"',
  '[Sat Nov 21 09:00:00.1 2026] [core:error] [pid 7] (111)refused: [client 203.0.113.7:5] no',
  '<165>1 2026-11-21T09:00:00Z h app 77 ID [ex@1 k="a\\"b"] up',
  'Nov 21 09:00:00 h dockerd[7]: time="2026-11-21T08:59:59Z" level=error msg="no"',
  'Nov 21 09:00:00 h kernel: [1.5] [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.7 DST=192.0.2.1 PROTO=TCP SPT=1 DPT=2',
  '{"level":50,"time":1795251600123,"req":{"method":"GET","url":"/a"},"msg":"x\\u0041"}',
  '{"log":"WARNING:root:hello\\n","stream":"stderr","time":"2026-11-21T09:00:00Z"}',
  'time=2026-11-21T09:00:00Z level=warn msg="a \\"b\\"" user=kim',
  '2026-11-21 09:00:00.123 UTC [77] app@shop,client=203.0.113.7 ERROR:  no',
  '2026-11-21 09:00:00.123 UTC,"app","shop",77,"203.0.113.7:5",1,1,"x",2026-11-21 08:59:59 UTC,3/0,0,FATAL,28P01,"no ""x""",,',
  '#Fields: date time c-ip cs-method cs-uri-stem sc-status',
  '2026-11-21 09:00:00 DROP TCP 203.0.113.7 192.0.2.1 50000 445 52 S 1 0 8192 - - - RECEIVE',
  '2026-11-21 09:00:00 192.0.2.1 GET /a q=1 443 - 203.0.113.7 curl/8 - 200 0 0 15',
  '2026-11-21T09:00:00.123456789Z stderr F INFO:     203.0.113.7:5 - "GET /a HTTP/1.1" 404 Not Found',
  '[2026-11-21 09:00:00,123: WARNING/MainProcess] slow',
];

const damaged = fc
  .tuple(
    fc.constantFrom(...LINES),
    fc.array(
      fc.tuple(
        fc.nat({ max: 200 }),
        fc.constantFrom('cut', 'drop', 'set', 'double'),
        fc.integer({ min: 0, max: 255 }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([line, damages]) => {
    let bytes = Buffer.from(line);
    for (const [place, kind, byte] of damages) {
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      const rest = bytes.subarray(at);
      // A newline would make two lines of it.
      if (kind === 'cut') bytes = Buffer.from(bytes.subarray(0, at));
      else if (kind === 'drop') bytes = Buffer.concat([bytes.subarray(0, at), rest.subarray(1)]);
      else if (kind === 'double') bytes = Buffer.concat([bytes.subarray(0, at), rest, rest.subarray(0, 20)]);
      else if (bytes.length > 0) bytes[at] = byte === 10 ? 0 : byte;
    }
    return bytes;
  });

describe('damaged lines of every format', () => {
  test('no line is lost, moved or read beyond its end', () => {
    fc.assert(
      fc.property(fc.array(damaged, { minLength: 1, maxLength: 8 }), (lines) => {
        const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
        const batch = createLineParser(options).parse(splitLines('s', 1, 100, bytes));
        expect(batch.count).toBe(lines.length);
        let offset = 100;
        for (const [index, line] of lines.entries()) {
          expect(batch.offset(index)).toBe(offset);
          offset += line.length + 1;
          for (const field of Object.values(FIELD)) {
            const at = (index * Object.keys(FIELD).length + field) * 2;
            const start = batch.slices[at] ?? -1;
            if (start < 0) continue;
            expect(start).toBeGreaterThanOrEqual(batch.starts[index] ?? 0);
            expect(batch.slices[at + 1]).toBeLessThanOrEqual(batch.ends[index] ?? 0);
            expect(batch.slices[at + 1]).toBeGreaterThanOrEqual(start);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('can be looked at', () => {
    fc.assert(
      fc.property(damaged, (line) => {
        expect(describeLine(line.toString('utf8'), options).fields.length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });
});
