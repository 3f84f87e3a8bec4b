import { connect } from 'node:net';
import { failed, passed } from '../verdict.ts';
import type { LookAt } from './kind.ts';

/** Somebody accepts a connection. Nothing is sent; the connection is closed at once. */
export const lookAtTcp: LookAt<'tcp'> = async ({ host, port, timeoutMs }, { outbound, signal }) => {
  const destination = `${host}:${port}`;
  const begun = performance.now();
  const problem = await connectOnce(host, port, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const elapsedMs = Math.round(performance.now() - begun);
  outbound.record('component', destination, problem === undefined ? 'ok' : 'failed');
  if (problem !== undefined)
    return failed([{ text: problem, place: destination }], { parameters: { destination } });
  return passed([{ text: `${elapsedMs} ms`, place: destination }], {
    parameters: { destination, elapsedMs },
  });
};

/** @returns what went wrong */
function connectOnce(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (problem: string | undefined): void => {
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve(problem);
    };
    const late = (): void => end('timeout');
    socket.once('connect', () => end(undefined));
    // Stays: an error after the end must not end the engine.
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
}
