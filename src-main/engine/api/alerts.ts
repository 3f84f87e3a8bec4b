import type { Alert } from '../../../src-preload/contract/alerts.ts';
import type { AlertCentre } from '../alert/alert-centre.ts';
import { api } from './implementer.ts';
import type { Feed } from './server/feeds.ts';

export interface AlertsParts {
  alerts: AlertCentre;
  alertChanges: Feed<Alert[]>;
}

/** Who acts, until operators exist (L103): the owner of the data directory. */
const OPERATOR = 'operator';

export function alertsRouter({ alerts, alertChanges }: AlertsParts) {
  return {
    active: api.alerts.active.handler(() => alerts.active()),
    history: api.alerts.history.handler(({ input }) => alerts.history(input)),
    alert: api.alerts.alert.handler(({ input }) => alerts.detail(input.id)),
    acknowledge: api.alerts.acknowledge.handler(({ input }) =>
      alerts.acknowledge(input.id, OPERATOR, input.note),
    ),
    resolve: api.alerts.resolve.handler(({ input }) => alerts.resolve(input.id, OPERATOR, input.note)),
    rules: api.alerts.rules.handler(() => alerts.rules()),
    watch: api.alerts.watch.handler(({ signal }) =>
      alertChanges.subscribe({ signal, initial: [alerts.active()] }),
    ),
  };
}
