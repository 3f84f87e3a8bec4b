import type { DetectionRule, Explanation, RuleFileProblem } from '../../../src-preload/contract/threats.ts';
import { FailureError } from '../flow/failure.ts';
import type { FindingStore } from '../store/state/findings.ts';
import { api } from './implementer.ts';

export interface ThreatsParts {
  findings: FindingStore;
  explain: (line: string, timeZone: string | undefined) => Explanation;
  rules: () => { rules: DetectionRule[]; problems: RuleFileProblem[] };
}

export function threatsRouter({ findings, explain, rules }: ThreatsParts) {
  return {
    addresses: api.threats.addresses.handler(({ input }) => findings.addresses(input.range, input.limit)),
    address: api.threats.address.handler(({ input }) => {
      const detail = findings.address(input.address, input.range);
      if (detail !== undefined) return detail;
      const message = { key: 'threats.addressUnknown', parameters: { address: input.address } };
      throw new FailureError({ kind: 'NOT_FOUND', message, field: 'address' });
    }),
    findings: api.threats.findings.handler(({ input }) =>
      findings.page(input.range, input.before, input.limit),
    ),
    explain: api.threats.explain.handler(({ input }) => explain(input.line, input.timeZone)),
    rules: api.threats.rules.handler(() => rules()),
  };
}
