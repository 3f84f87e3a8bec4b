import { FailureError } from '../flow/failure.ts';
import { api } from './implementer.ts';

// Being built: replaced by the parts that implement it.
const notYet = (): FailureError =>
  new FailureError({ kind: 'UNAVAILABLE', message: { key: 'errors.unavailable', parameters: {} } });

export function bundleRouter() {
  return {
    preview: api.bundle.preview.handler(() => {
      throw notYet();
    }),
    create: api.bundle.create.handler(() => {
      throw notYet();
    }),
    content: api.bundle.content.handler(() => {
      throw notYet();
    }),
  };
}
