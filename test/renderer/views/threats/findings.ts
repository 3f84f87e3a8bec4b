import type { Finding } from '../../../../src-preload/contract/threats.ts';

/** A finding of test data. */
export function finding(parts: Partial<Finding> = {}): Finding {
  return {
    id: 'f1',
    ruleId: 'auth.ssh.brute',
    type: 'brute_force',
    severity: 'critical',
    confidence: 0.9,
    risk: 94,
    riskParts: { severity: 40, confidence: 28, repetition: 26 },
    time: 5000,
    firstTime: 1000,
    addresses: ['203.0.113.42'],
    sourceId: 'auth',
    offset: 500,
    count: 5,
    summary: { key: 'fake.text', parameters: { words: '412 failed SSH sign-ins in 11 minutes' } },
    evidence: [],
    mitre: ['T1110.001'],
    owasp: [],
    historic: false,
    ...parts,
  };
}
