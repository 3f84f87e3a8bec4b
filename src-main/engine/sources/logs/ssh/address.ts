/** A file on another machine, reached by the system's own `ssh`. */
export interface RemoteFile {
  /** As `ssh` gets it; undefined: its configuration decides. */
  user: string | undefined;
  host: string;
  port: number | undefined;
  /** Absolute, taken as it stands: nothing is decoded. */
  path: string;
}

const ADDRESS = /^ssh:\/\/(?:([^@/]*)@)?(\[[0-9A-Fa-f:.]+\]|[^/:[\]]*)(?::(\d{1,5}))?(\/.+)$/s;
/** Neither may begin with a dash: `ssh` would take it for an option. */
const USER = /^[\w.][\w.@+\\-]{0,63}$/;
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[\w.-]{0,252}))$/;
const HIGHEST_PORT = 65_535;
/** Longer than any path a system allows. */
const MAX_PATH = 4096;

/** Whether a source's path is meant to be on another machine, well-formed or not. */
export function isRemote(path: string): boolean {
  return path.startsWith('ssh://');
}

/** Reads `ssh://user@host:port/path`; undefined where it is none, or holds what must not reach a command line. */
export function parseRemote(address: string): RemoteFile | undefined {
  const match = ADDRESS.exec(address);
  if (match === null) return undefined;
  const [, user, host = '', portText, path = ''] = match;
  const port = portText === undefined ? undefined : Number(portText);
  if (user !== undefined && !USER.test(user)) return undefined;
  if (!HOST.test(host) || path.length > MAX_PATH || hasControl(path)) return undefined;
  if (port !== undefined && (port < 1 || port > HIGHEST_PORT)) return undefined;
  return { user, host: host.replace(/^\[|\]$/g, ''), port, path };
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 32 || code === 127) return true;
  }
  return false;
}

/** `host:port` as the list of connections shows it. */
export function destinationOf({ host, port }: RemoteFile): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port ?? 22}`;
}

/** One word of a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
