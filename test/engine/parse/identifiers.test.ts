import { describe, expect, it } from 'vitest';
import { createFieldReader } from '../../../src-main/engine/parse/field-reader.ts';

const reader = createFieldReader({ now: () => Date.UTC(2026, 10, 21) });
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const UUID = '8c1f2a64-5b0e-4d27-9a83-e1f06b7c9d42';

/** `kind=value` of every id that a line names. */
function idsOf(line: string): string[] {
  return reader.describe(line, 0, '').identifiers.map(({ kind, value }) => `${kind}=${value}`);
}

describe('Ids of a line', () => {
  it.each<[string, string[]]>([
    [`GET / traceparent: 00-${TRACE}-${SPAN}-01`, [`trace=${TRACE}`, `span=${SPAN}`]],
    [
      `{"msg":"x","trace_id":"${TRACE}","span_id":"${SPAN}","parent_id":"aa${SPAN.slice(2)}"}`,
      [`trace=${TRACE}`, `span=${SPAN}`, `parentSpan=aa${SPAN.slice(2)}`],
    ],
    [
      `{"msg":"x","trace":{"id":"${TRACE}"},"ctx":{"traceId":"${TRACE}","sessionId":"s-1234"}}`,
      [`trace=${TRACE}`, 'session=s-1234'],
    ],
    [`level=info msg=done traceId=${TRACE} x-request-id=${UUID}`, [`trace=${TRACE}`, `request=${UUID}`]],
    [`2026-11-21 10:00:00,000 INFO app order done trace=7f3a9c21e0b4`, ['trace=7f3a9c21e0b4']],
    [`worker: request id: ${UUID}, retrying`, [`request=${UUID}`]],
    [`[correlation-id=abc-123] started`, ['request=abc-123']],
    [`{"uber-trace-id":"${TRACE}:${SPAN}:0:1"}`, [`trace=${TRACE}`, `span=${SPAN}`]],
    [`trace=deadbeefcafe`, ['trace=deadbeefcafe']],
    ['pam_unix(sshd:session): session opened for user root', []],
    ['session=opened trace=null request_id=- span_id=0000000000000000', []],
    ['no ids here 10:42:17', []],
  ])('%s', (line, expected) => {
    expect(idsOf(line)).toEqual(expected);
  });

  it('are bounded and found in time proportional to the line', () => {
    const hostile = `${'trace_id='.repeat(20_000)} ${Array.from({ length: 500 }, (_, n) => `request_id=r-${n}00`).join(' ')}`;
    const began = performance.now();
    expect(idsOf(hostile).length).toBeLessThanOrEqual(20);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
