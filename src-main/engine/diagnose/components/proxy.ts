import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** This machine itself is never reached through a proxy. */
const OWN_NAMES = ['localhost', '127.0.0.1', '::1'];

const VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];

/**
 * The variables of a proxy as Node's agents take them (Node 24.5 and newer; an older one connects directly), or undefined
 * where none is named. PAC files and proxies in the system's settings are left out: reading them needs a browser.
 */
export function proxyVariables(environment: NodeJS.ProcessEnv): Record<string, string> | undefined {
  const named = Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
  if (Object.keys(named).every((name) => name.toUpperCase() === 'NO_PROXY')) return undefined;
  // Both spellings: which one Node prefers is its business.
  const exceptions = [named['no_proxy'] ?? named['NO_PROXY'] ?? '', ...OWN_NAMES]
    .filter((name) => name !== '')
    .join(',');
  return { ...named, no_proxy: exceptions, NO_PROXY: exceptions };
}

/** An agent for one request, which closes its connection: through a proxy, or false (directly) where none is named. */
export function agentFor(target: URL, environment: NodeJS.ProcessEnv): HttpAgent | HttpsAgent | false {
  const proxyEnv = proxyVariables(environment);
  if (proxyEnv === undefined) return false;
  return target.protocol === 'https:'
    ? new HttpsAgent({ proxyEnv, keepAlive: false })
    : new HttpAgent({ proxyEnv, keepAlive: false });
}
