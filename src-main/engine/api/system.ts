import type {
  EngineIdentity,
  OutboundConnection,
  RibbonCell,
  Status,
} from '../../../src-preload/contract/system.ts';
import { api } from './implementer.ts';
import type { Feed, Feeds } from './server/feeds.ts';

export interface SystemParts {
  identity: EngineIdentity;
  status: () => Status;
  statusChanges: Feed<Status>;
  ribbon: (from: number, stepMs: number) => RibbonCell[];
  connections: () => { connections: OutboundConnection[]; dropped: number };
  feeds: Feeds;
}

export function systemRouter({ identity, status, statusChanges, ribbon, connections, feeds }: SystemParts) {
  return {
    identity: api.system.identity.handler(() => identity),
    status: api.system.status.handler(() => status()),
    watchStatus: api.system.watchStatus.handler(({ signal }) =>
      statusChanges.subscribe({ signal, initial: [status()] }),
    ),
    ribbon: api.system.ribbon.handler(({ input }) => ribbon(input.from, input.stepMs)),
    connections: api.system.connections.handler(() => connections()),
    acknowledge: api.system.acknowledge.handler(({ input }) => {
      feeds.acknowledge(input.subscription, input.sequence);
      return {};
    }),
  };
}
