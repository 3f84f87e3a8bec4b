import type { CheckResult, Diagnosis } from '../../../src-preload/contract/diagnosis.ts';
import type { Examination } from '../../../src-main/engine/diagnose/examination.ts';
import { wordsOf } from '../../../src-main/engine/diagnose/examination.ts';
import type { CheckVerdict } from '../../../src-main/engine/diagnose/check.ts';
import { countsOf, coverageOf, scoresOf } from '../../../src-main/engine/diagnose/score.ts';

/** A result as a check of weight 5 would give it. */
export function result(id: string, given: Partial<CheckResult> = {}): CheckResult {
  const status = given.status ?? 'pass';
  const weight = given.weight ?? 5;
  return {
    id,
    subject: 'ssh',
    score: 'security',
    status,
    severity: 'error',
    weight,
    points: status === 'pass' ? weight : 0,
    title: { key: `checks.${id}.title`, parameters: {} },
    found: { key: `checks.${id}.found.${status}`, parameters: {} },
    evidence: [],
    why: { key: `checks.${id}.why`, parameters: {} },
    references: [],
    minutes: 5,
    ...given,
  };
}

export function run(id: string, checks: CheckResult[], startedAt = 1000): Diagnosis {
  return {
    id,
    startedAt,
    durationMs: 10,
    scores: scoresOf(checks),
    coverage: coverageOf(checks),
    counts: countsOf(checks),
    privileged: false,
    hostName: 'desk',
    platform: 'linux',
    checks,
  };
}

export function examination(id: string, look: Examination['look']): Examination {
  return {
    facts: {
      id,
      subject: 'ssh',
      score: 'security',
      weight: 4,
      severity: 'error',
      minutes: 1,
      references: ['NIST'],
    },
    words: wordsOf(id),
    look,
  };
}

export const PASSED: CheckVerdict = { status: 'pass', evidence: [{ text: 'fine' }] };
