import { expect, it } from 'vitest';
import { createMasker } from '../../../src-main/engine/parse/mask.ts';
import { resultOf } from '../../../src-main/engine/diagnose/result.ts';
import { examination, PASSED } from './results.ts';

const masker = createMasker({ secrets: true, users: false, key: 'key' });
const mask = (text: string): string => masker.preview(text).text;

it('Evidence, loses its secrets and keeps the line of its place', () => {
  const verdict = {
    ...PASSED,
    evidence: [
      { text: 'password=hunter2secret', place: '/etc/passwd:12' },
      { text: 'answered', place: 'https://user:hunter2secret@orders.example/health' },
    ],
  };
  const result = resultOf(
    examination('X-01', () => Promise.resolve(verdict)),
    verdict,
    mask,
  );
  expect(result.evidence[0]?.place).toBe('/etc/passwd:12');
  expect(JSON.stringify(result.evidence)).not.toContain('hunter2secret');
});
