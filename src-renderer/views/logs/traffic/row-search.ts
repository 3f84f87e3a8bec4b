import type { TrafficGroup } from '../../../../src-preload/contract/traffic.ts';
import { fieldTerm, phraseOf } from '../../../../src-preload/contract/query/print.ts';

/** What to search the logs for to see the lines behind a row of the traffic table; undefined where nothing finds them. */
export function rowSearch(by: TrafficGroup, name: string): { text?: string; address?: string } | undefined {
  if (name === '-') return undefined;
  switch (by) {
    case 'client':
      return { address: name };
    case 'status':
      return { text: `status:${name}` };
    case 'user':
      return { text: fieldTerm('user', name) ?? phraseOf(name) };
    case 'route':
      // What stands for :id differs from line to line: the text up to it is what they share.
      return { text: routeSearch(name) };
  }
}

function routeSearch(name: string): string {
  const [, method = '', path = name] = /^([A-Z-]+) (.*)$/s.exec(name) ?? [];
  const phrase = phraseOf(path.split(':id')[0] ?? path);
  const term = method === '' ? undefined : fieldTerm('method', method);
  return term === undefined ? phrase : `${term} ${phrase}`;
}
