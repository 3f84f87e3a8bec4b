import { expect, test } from 'vitest';
import {
  lineKey,
  memoryOf,
  readFinding,
  writeFindings,
  type DetectedFinding,
} from '../../../src-main/engine/flow/finding.ts';

const FINDING: DetectedFinding = {
  id: '0123456789abcdef0123456789abcdef',
  ruleId: 'auth.brute-force.fast',
  type: 'brute_force',
  severity: 'error',
  confidence: 0.9,
  risk: 63,
  riskParts: { severity: 70, confidence: 0.9, repetition: 0 },
  time: 2000,
  firstTime: 1000,
  addresses: ['192.0.2.7'],
  user: 'root\n"\ud800',
  sourceId: '/var/log/auth.log',
  offset: 80,
  count: 2,
  summary: { key: 'detect.finding.brute_force', parameters: { count: 2 } },
  evidence: [
    { time: 1000, text: 'first\u0000', sourceId: '/var/log/auth.log', offset: 0 },
    { time: 2000, text: 'last', sourceId: '/var/log/auth.log', offset: 80 },
  ],
  mitre: ['T1110'],
  owasp: ['A07:2021'],
  historic: true,
};

test('findings, written and sent to another thread, are read as they were', () => {
  const other = { ...FINDING, id: 'f'.repeat(32), user: 'スズキ' };
  const written = writeFindings([FINDING, other]);
  const received = structuredClone(written, { transfer: memoryOf(written) });
  expect(received.map(readFinding)).toEqual([FINDING, other]);
});

test('a written finding is one line without its id, as pages hold it', () => {
  const [text] = writeFindings([FINDING]).map(({ contents }) => new TextDecoder().decode(contents));
  expect(text).not.toContain('\n');
  expect(text).not.toContain(FINDING.id);
});

test('a written finding names the lines of other times than its own', () => {
  expect(writeFindings([FINDING])[0]?.others).toEqual([
    { time: 1000, key: lineKey('/var/log/auth.log', 'first\u0000') },
  ]);
});
