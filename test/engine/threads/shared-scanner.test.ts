import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineDetector } from '../../../src-main/engine/detect/intrusion/line-detector.ts';
import { loadRules } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { ByteScanner } from '../../../src-main/engine/flow/byte-scan.ts';
import { LineDecoder } from '../../../src-main/engine/parse/decode-lines.ts';
import { createLineParser } from '../../../src-main/engine/parse/line-parser.ts';
import { createMasker } from '../../../src-main/engine/parse/mask.ts';
import { access } from '../detect/batches.ts';

const { rules } = loadRules(join(import.meta.dirname, '../../../resources'));
const masking = { secrets: true, users: false, key: 'k' };
const clock = { now: () => Date.parse('2026-11-21T12:00:00Z') };

/** The steps that look through a chunk, in the order of a line worker. */
function steps(scanner: ByteScanner | undefined): (bytes: Buffer, stream: number) => unknown {
  const decoder = new LineDecoder();
  const parser = createLineParser({ timeZone: 'UTC', clock });
  const detector = createLineDetector(rules, { scanner });
  const masker = createMasker({ ...masking, scanner });
  return (bytes, stream) => {
    const batch = parser.parse(
      decoder.split({ sourceId: 's', stream, offset: 0 }, bytes, undefined, scanner),
    );
    const { matches } = detector.detect(batch);
    const { text, textEnds } = masker.maskBatch(batch);
    return {
      lines: Array.from({ length: batch.count }, (_, line) => batch.text(line)),
      matches,
      masked: Buffer.from(text).toString('latin1'),
      ends: [...textEnds],
      // Another text in between, now and then.
      preview: stream % 3 === 0 ? masker.preview('password=hunter2') : undefined,
    };
  };
}

test('one scanner for all steps of a thread, the same answers as with one for each, though chunks take turns in memory', () => {
  const line = fc.oneof(
    fc.constantFrom(
      access({ target: '/a?q=1%27%20union%20select%201,2--' }),
      access({ target: '/shop?token=0123456789abcdef' }),
      access({ target: '/img/1.png' }),
      'May  1 00:00:00 bastion sshd[1]: Failed password for root from 192.0.2.7 port 22 ssh2',
      'password: hunter2hunter2\r',
      'card 4111 1111 1111 1111 of mia@example.org',
      'naïve café',
    ),
    fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')),
  );
  const [alone, shared] = [steps(undefined), steps(new ByteScanner({ unchanging: true }))];
  // One that is copied each time it is looked through, and one that is loaded.
  const rooms = [Buffer.alloc(3000), Buffer.alloc(100_000)];
  let stream = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(line, { maxLength: 60 }), { maxLength: 4 }),
      fc.boolean(),
      (chunks, long) => {
        for (const lines of chunks) {
          const room = rooms[long ? 1 : 0] ?? Buffer.alloc(0);
          const text = lines.map((each) => `${each}\n`).join('');
          room.fill('x').write(text.repeat(long ? 30 : 1));
          stream += 1;
          expect(shared(room, stream)).toEqual(alone(Buffer.from(room), stream));
        }
      },
    ),
    { numRuns: 40 },
  );
});
