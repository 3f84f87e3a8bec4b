import { FailureError } from '../flow/failure.ts';
import { api } from './implementer.ts';

// Being built: replaced by the parts that implement it.
const notYet = (): FailureError =>
  new FailureError({ kind: 'UNAVAILABLE', message: { key: 'errors.unavailable', parameters: {} } });

export function auditRouter() {
  return {
    list: api.audit.list.handler(() => {
      throw notYet();
    }),
    verify: api.audit.verify.handler(() => {
      throw notYet();
    }),
  };
}
