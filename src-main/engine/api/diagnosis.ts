import { FailureError } from '../flow/failure.ts';
import { api } from './implementer.ts';

// Being built: replaced by the parts that implement it.
const notYet = (): FailureError =>
  new FailureError({ kind: 'UNAVAILABLE', message: { key: 'errors.unavailable', parameters: {} } });

export function diagnosisRouter() {
  return {
    start: api.diagnosis.start.handler(() => {
      throw notYet();
    }),
    cancel: api.diagnosis.cancel.handler(() => {
      throw notYet();
    }),
    watch: api.diagnosis.watch.handler(() => {
      throw notYet();
    }),
    runs: api.diagnosis.runs.handler(() => {
      throw notYet();
    }),
    run: api.diagnosis.run.handler(() => {
      throw notYet();
    }),
    difference: api.diagnosis.difference.handler(() => {
      throw notYet();
    }),
    presets: api.diagnosis.presets.handler(() => {
      throw notYet();
    }),
    tryComponent: api.diagnosis.tryComponent.handler(() => {
      throw notYet();
    }),
  };
}
