import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { listenForReason, reasonIn } from '../../src-main/app/last-words.ts';

const LINE = '{"reason":{"key":"engine.failed","parameters":{"reason":"disk"}},"stack":"Error"}';
const REASON = { key: 'engine.failed', parameters: { reason: 'disk' } };

test.each([
  ['the last line alone', LINE, REASON],
  ['the last of many, with its end', `warning: x\n{"a":1}\n${LINE}\n`, REASON],
  ['an earlier line', `${LINE}\nsomething else\n`, undefined],
  ['words', 'Segmentation fault', undefined],
  ['half of it', LINE.slice(0, 40), undefined],
  ['another JSON', '{"reason":"disk"}', undefined],
  ['parameters of another kind', '{"reason":{"key":"a","parameters":{"b":{}}}}', undefined],
  ['nothing', '', undefined],
])('a reason is read from %s', (_name, text, reason) => {
  expect(reasonIn(text)).toEqual(reason);
});

test('words in pieces are passed on whole, and of a flood the end is kept', async () => {
  const stderr = new PassThrough();
  const onward = new PassThrough();
  let passed = 0;
  onward.on('data', (part: Buffer) => (passed += part.length));
  const reason = listenForReason(stderr, onward);
  const flood = 'x'.repeat(200_000);
  stderr.write(`${flood}\n`);
  stderr.write(LINE.slice(0, 20));
  stderr.end(LINE.slice(20));
  expect(await reason()).toEqual(REASON);
  expect(passed).toBe(flood.length + 1 + LINE.length);
});

test('a stream that is held open by somebody else does not hold back the reason', async () => {
  const stderr = new PassThrough();
  const reason = listenForReason(stderr, new PassThrough());
  stderr.write(`${LINE}\n`);
  expect(await reason()).toEqual(REASON);
});
