/** Characters that a table has room for. */
const MAX_LENGTH = 20;

/** The end of a path tells more than its beginning; of what is on another machine, its host must stay. */
export function shortPath(path: string): string {
  if (path.length <= MAX_LENGTH) return path;
  const address = /^(?:syslog\+)?(\w+:\/\/)(?:[^@/]*@)?([^/]+)(.*)$/.exec(path);
  if (address === null) return endOf(path);
  const [, scheme = '', host = '', rest = ''] = address;
  return rest === '' ? scheme + host : `${host}…${rest.slice(rest.lastIndexOf('/'))}`;
}

function endOf(path: string): string {
  const end = path.slice(1 - MAX_LENGTH);
  const name = end.search(/[\\/][^\\/]/);
  return `…${name < 0 ? end : end.slice(name)}`;
}
