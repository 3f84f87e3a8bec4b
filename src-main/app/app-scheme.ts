import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { net, protocol } from 'electron';

const SCHEME = 'app';
const HOST = 'yagura';
/** The origin of our pages. */
export const APP_ORIGIN = `${SCHEME}://${HOST}`;

/** No inline script or style, no eval, nothing from elsewhere. The engine is reached through a port, which needs no hole. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The dev server's client puts styles inline and listens on its own socket. Never in a built app. */
const developmentPolicy = (server: URL): string =>
  [
    `default-src 'self'`,
    `script-src 'self' 'unsafe-inline'`,
    `style-src 'self' 'unsafe-inline'`,
    `connect-src 'self' ws://${server.host} ${server.origin}`,
  ].join('; ');

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready, or pages of the scheme have no origin of their own. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/**
 * Serves the page's files.
 * @param developmentServer address of the dev server to take them from instead
 */
export function serveAppScheme(directory: string, developmentServer: string | undefined): void {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.host !== HOST || request.method !== 'GET') return refusal(403);
    return developmentServer === undefined
      ? serveFile(directory, url.pathname)
      : proxied(request, new URL(developmentServer), url);
  });
}

async function serveFile(directory: string, pathname: string): Promise<Response> {
  const path = fileOf(directory, pathname);
  if (path === undefined) return refusal(403);
  try {
    const headers = securityHeaders(CONTENT_SECURITY_POLICY);
    headers.set('content-type', MEDIA_TYPES[extname(path)] ?? 'application/octet-stream');
    return new Response(await readFile(path), { headers });
  } catch {
    return refusal(404);
  }
}

/**
 * The file a path of the scheme names; undefined when it would lie outside of the directory.
 * @param pathname of the URL, percent-encoded
 */
export function fileOf(directory: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const path = normalize(join(directory, decoded === '/' ? 'index.html' : decoded));
  return path.startsWith(normalize(directory + sep)) ? path : undefined;
}

/** Only `accept` goes on: the dev server refuses requests whose origin it does not know. */
async function proxied(request: Request, server: URL, url: URL): Promise<Response> {
  const target = new URL(url.pathname + url.search, server);
  const answer = await net.fetch(target.href, {
    headers: { accept: request.headers.get('accept') ?? '*/*' },
  });
  const headers = securityHeaders(developmentPolicy(server));
  headers.set('content-type', answer.headers.get('content-type') ?? 'application/octet-stream');
  return new Response(answer.body, { status: answer.status, headers });
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: securityHeaders(CONTENT_SECURITY_POLICY) });
}

function securityHeaders(policy: string): Headers {
  return new Headers({
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  });
}
