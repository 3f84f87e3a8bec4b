import { describe, expect, test } from 'vitest';
import { splitLines } from '../../../../src-main/engine/flow/line-batch.ts';
import { learnHeader, messageStart } from '../../../../src-main/engine/parse/patterns/header-layout.ts';

const MESSAGES = ['opened the gate', 'closed the gate', 'lamp is out: 3', 'oil is low', 'relit'];

/** What is left of each line. */
function messagesOf(headers: string[], messages = MESSAGES): string[] {
  const lines = Array.from({ length: 40 }, (_, index) => {
    const header = headers[index % headers.length] ?? '';
    return header.replaceAll('#', String(10 + index)) + (messages[index % messages.length] ?? '');
  });
  const bytes = Buffer.from(lines.join('\n'));
  const { starts, ends, count } = splitLines('', 0, 0, bytes);
  const layout = learnHeader(bytes, starts, ends);
  const left = Array.from({ length: count }, (_, line) =>
    bytes.toString('utf8', messageStart(layout, bytes, starts[line] ?? 0, ends[line] ?? 0), ends[line]),
  );
  return [...new Set(left)].toSorted();
}

describe('header of lines', () => {
  test.each([
    [
      '2026-11-21 10:00:#,123 INFO [main] tower.Gate: ',
      '2026-11-21 10:00:#,123 WARN [lamp worker 2] tower.Lamp: ',
    ],
    ['2026-11-21T10:00:#Z keeper[#]: ', '2026-11-21T10:00:#Z oiler[#]: '],
    ['Nov  2 10:00:# tower keeper[#]: ', 'Nov 21 10:00:# tower oiler: '],
    ['[21 Nov 2026 10:00:#] [info] ', '[21 Nov 2026 10:00:#] [error] '],
    ['11-21 10:00:#.123  17#  2# D Keeper  : ', '11-21 10:00:#.123  17#  2# W Oiler   : '],
    ['20261121-10:0:#:606|Gate|300#|', '20261121-10:0:#:606|Lamp|300#|'],
    ['10#77 node-# gate 17629000# 1 ', '20#77 node-# lamp 17629000# 1 '],
    ['[11.21 10:00:#] keeper.exe - ', '[11.21 10:00:#] oiler.exe *64 - '],
    ['I1121 10:00:#.123456 7 gate.cc:#] ', 'E1121 10:00:#.123456 7 lamp.cc:#] '],
  ])('%s', (...headers) => {
    expect(messagesOf(headers)).toEqual(MESSAGES.toSorted());
  });

  test('lines without a time keep all their text', () => {
    expect(messagesOf(['keeper: '])).toEqual(MESSAGES.map((message) => `keeper: ${message}`).toSorted());
  });

  test('a line that does not fit keeps all that does not', () => {
    const fitting = '2026-11-21 10:00:00 INFO gate opened\n'.repeat(30);
    const bytes = Buffer.from(`${fitting}at tower.Gate.open(Gate.java:7)`);
    const { starts, ends, count } = splitLines('', 0, 0, bytes);
    const layout = learnHeader(bytes, starts, ends);
    expect(layout.length).toBeGreaterThan(0);
    expect(messageStart(layout, bytes, starts[count - 1] ?? 0, ends[count - 1] ?? 0)).toBe(starts[count - 1]);
  });
});
