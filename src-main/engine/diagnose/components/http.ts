import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { failed, passed } from '../verdict.ts';
import { halfOf, type LookAt } from './kind.ts';
import { agentFor } from './proxy.ts';

/** Of an answer's text; what is searched for stands near its beginning, or the page is no health page. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A page answers with the wanted status, in time, and contains what it should. A redirect is an answer, not followed. */
export const lookAtHttp: LookAt<'http'> = async (check, { outbound, signal, authorities }) => {
  const { url, status, contains, slowMs, timeoutMs } = check;
  const target = new URL(url);
  // Without a name and password that may stand in it, nor a token in its query.
  const place = `${target.origin}${target.pathname}`;
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
  const begun = performance.now();
  const answer = await get(target, authorities(), AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const elapsedMs = Math.round(performance.now() - begun);
  outbound.record('component', `${target.hostname}:${port}`, 'problem' in answer ? 'failed' : 'ok');
  if ('problem' in answer)
    return failed([{ text: answer.problem, place }], { found: 'noAnswer', parameters: { place } });
  const evidence = [{ text: `HTTP ${answer.status} · ${elapsedMs} ms · ${answer.bytes} bytes`, place }];
  const parameters = { place, status: String(answer.status), wanted: String(status), elapsedMs, slowMs };
  if (answer.location !== undefined) evidence.push({ text: `Location: ${answer.location}`, place });
  if (answer.status !== status) return failed(evidence, { found: 'status', parameters });
  if (contains !== '' && !answer.text.includes(contains))
    return failed(evidence, { found: 'text', parameters: { ...parameters, contains } });
  if (elapsedMs > slowMs)
    return failed(evidence, { found: 'slow', parameters, points: halfOf(check), severity: 'warning' });
  return passed(evidence, { parameters });
};

type Answer =
  { problem: string } | { status: number; text: string; bytes: number; location: string | undefined };

async function get(target: URL, ca: string[] | undefined, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await respond(target, ca, signal);
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of response) {
      if (!Buffer.isBuffer(part)) continue;
      parts.push(part);
      bytes += part.length;
      if (bytes >= MAX_BODY_BYTES) break;
    }
    response.destroy();
    const text = Buffer.concat(parts).subarray(0, MAX_BODY_BYTES).toString('utf8');
    return { status: response.statusCode ?? 0, text, bytes, location: response.headers.location };
  } catch (error) {
    if (signal.aborted) return { problem: 'timeout' };
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { problem: code };
  }
}

function respond(target: URL, ca: string[] | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'Yagura', accept: '*/*' };
    const agent = agentFor(target, process.env);
    const request =
      target.protocol === 'https:'
        ? requestHttps(target, { headers, signal, agent, ...(ca === undefined ? {} : { ca }) })
        : requestHttp(target, { headers, signal, agent });
    request.once('response', resolve);
    request.on('error', reject);
    request.end();
  });
}
