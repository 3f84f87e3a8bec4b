import type { Receiving } from '../receiving.ts';
import { api } from './implementer.ts';

export interface ReceiverRouterParts {
  receiving: Receiving;
}

export function receiverRouter({ receiving }: ReceiverRouterParts) {
  return {
    state: api.receiver.state.handler(() => receiving.state()),
    rotateToken: api.receiver.rotateToken.handler(() => receiving.rotateToken()),
  };
}
