import { describe, expect, it } from 'vitest';
import { logFilterSchema, type LogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { lineMatcher } from '../../../src-main/engine/api/line-matcher.ts';
import { createFieldReader } from '../../../src-main/engine/parse/field-reader.ts';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';

const LINE: LogLine = {
  id: 'access/2026-11-21/1',
  time: 1000,
  level: 4,
  sourceId: '/var/log/a.log',
  address: '192.0.2.1',
  text: 'Order 42 約定 timed out for Admin',
};

const clock = { now: () => 5000 };
const options = { fields: createFieldReader(clock), now: clock.now() };
const matches = (filter: LogFilter): boolean => lineMatcher(logFilterSchema.parse(filter), options)(LINE);

describe('The filter of the live tail', () => {
  it.each<[LogFilter, boolean]>([
    [{}, true],
    [{ text: 'admin' }, true],
    [{ text: 'min' }, true],
    [{ text: '約定' }, true],
    [{ text: '"timed out"' }, true],
    [{ text: '"out timed"' }, false],
    [{ text: 'order -admin' }, false],
    [{ text: 'order\\s+\\d+', regex: true }, true],
    [{ text: 'level:warning address:192.0.2.0/24 class:access source:a' }, true],
    [{ text: 'level:error OR admin' }, true],
    [{ text: 'NOT admin' }, false],
    [{ text: 'time:<1970-01-02' }, true],
    [{ severities: ['warning'] }, true],
    [{ severities: ['error'] }, false],
    [{ sourceIds: ['/var/log/b.log'] }, false],
    [{ address: '192.0.2.1' }, true],
    [{ address: '192.0.2.11' }, false],
    [{ range: { from: 0, to: 1000 } }, false],
    [{ range: { from: 1000, to: 1001 } }, true],
  ])('%j lets the line through: %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it('refuses an expression that is none', () => {
    expect(() => matches({ text: '(', regex: true })).toThrow(FailureError);
  });
});
