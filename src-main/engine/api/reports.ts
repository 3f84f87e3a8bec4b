import { FailureError } from '../flow/failure.ts';
import { api } from './implementer.ts';

// Being built: replaced by the parts that implement it.
const notYet = (): FailureError =>
  new FailureError({ kind: 'UNAVAILABLE', message: { key: 'errors.unavailable', parameters: {} } });

export function reportsRouter() {
  return {
    list: api.reports.list.handler(() => {
      throw notYet();
    }),
    create: api.reports.create.handler(() => {
      throw notYet();
    }),
    cancel: api.reports.cancel.handler(() => {
      throw notYet();
    }),
    remove: api.reports.remove.handler(() => {
      throw notYet();
    }),
    watch: api.reports.watch.handler(() => {
      throw notYet();
    }),
    review: api.reports.review.handler(() => {
      throw notYet();
    }),
    content: api.reports.content.handler(() => {
      throw notYet();
    }),
    schedules: api.reports.schedules.handler(() => {
      throw notYet();
    }),
    runSchedule: api.reports.runSchedule.handler(() => {
      throw notYet();
    }),
  };
}
