import { AsyncIteratorClass, ORPCError, type Router } from '@orpc/server';
import { StandardRPCHandler } from '@orpc/server/standard';
import type { Contract } from '../../../../src-preload/contract/index.ts';
import { CALLS_NOT_FOR_PAGES, WRITING_CALLS } from '../read-only.ts';
import type { CallContext } from './connection.ts';
import { declared, toDeclaredError, type Fault } from './declared-errors.ts';

export type EngineRouter = Router<Contract, CallContext>;

/**
 * The contract's implementation behind one door: whatever a call or a stream throws leaves as a declared error, and a
 * connection with too much under way is refused.
 * @param readOnly refuses every call that changes something
 */
export function createHandler(
  router: EngineRouter,
  logFault: (fault: Fault) => void,
  readOnly = false,
): StandardRPCHandler<CallContext> {
  // Calls whose input could be read. What fails earlier is the caller's fault, what fails later is ours.
  const begun = new WeakSet<CallContext>();
  return new StandardRPCHandler<CallContext>(router, {
    interceptors: [
      async (options) => {
        try {
          const result = await options.next();
          if (!result.matched) throw new ORPCError('NOT_FOUND');
          return result;
        } catch (error) {
          const { request, context } = options;
          // Errors of calls are declared already; the others are unknown names and unreadable inputs.
          if (!(error instanceof ORPCError) && !begun.has(context))
            throw declared('BAD_INPUT', 'errors.badInput');
          throw toDeclaredError(error, request.url.pathname, request.signal, logFault);
        }
      },
    ],
    clientInterceptors: [
      async (options) => {
        const { path, context, signal } = options;
        const call = path.join('.');
        begun.add(context);
        if (!context.admitted) throw declared('UNAVAILABLE', 'wire.tooManyCalls');
        if (readOnly && WRITING_CALLS.has(call)) throw declared('FORBIDDEN', 'bundle.readOnly');
        if (context.page && CALLS_NOT_FOR_PAGES.has(call)) throw declared('FORBIDDEN', 'wire.notForPages');
        const declare = (error: unknown): Error => toDeclaredError(error, call, signal, logFault);
        try {
          const output = await options.next();
          return isIterator(output) ? declareErrorsOf(output, declare) : output;
        } catch (error) {
          throw declare(error);
        }
      },
    ],
  });
}

function isIterator(output: unknown): output is AsyncIterator<unknown, unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output;
}

function declareErrorsOf(
  iterator: AsyncIterator<unknown, unknown>,
  declare: (error: unknown) => Error,
): AsyncIteratorClass<unknown> {
  return new AsyncIteratorClass(
    async () => {
      try {
        return await iterator.next();
      } catch (error) {
        throw declare(error);
      }
    },
    async () => {
      await iterator.return?.();
    },
  );
}
