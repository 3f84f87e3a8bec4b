import type { ReportsState } from '../../../src-preload/contract/reports.ts';
import type { ReportDesk } from '../report-desk.ts';
import { api } from './implementer.ts';
import type { Feed } from './server/feeds.ts';

export interface ReportsParts {
  desk: ReportDesk;
  reportChanges: Feed<ReportsState>;
}

/** Who acts, until operators exist (L103): the owner of the data directory. */
const OPERATOR = 'operator';

export function reportsRouter({ desk, reportChanges }: ReportsParts) {
  const { library, scheduler } = desk;
  return {
    list: api.reports.list.handler(() => library.list()),
    create: api.reports.create.handler(({ input }) => ({ id: library.create(input, OPERATOR).id })),
    cancel: api.reports.cancel.handler(({ input }) => {
      library.cancel(input.id);
      return {};
    }),
    remove: api.reports.remove.handler(({ input }) => {
      library.remove(input.id, OPERATOR);
      return {};
    }),
    watch: api.reports.watch.handler(({ signal }) =>
      reportChanges.subscribe({ signal, initial: [library.state()] }),
    ),
    review: api.reports.review.handler(({ input, signal }) => desk.review(input, signal)),
    content: api.reports.content.handler(({ input }) =>
      library.content(input.id, input.format, input.offset),
    ),
    schedules: api.reports.schedules.handler(() => scheduler.states()),
    runSchedule: api.reports.runSchedule.handler(({ input }) => ({ id: scheduler.runNow(input.name) })),
  };
}
