import * as tls from 'node:tls';

let certificates: string[] | undefined;

/**
 * Authorities that are trusted: Node's own, and those of this system, so that a company's own authority counts.
 * Undefined (Node's own) where this Node can't tell.
 */
export function trustedAuthorities(): string[] | undefined {
  if (typeof tls.getCACertificates !== 'function') return undefined;
  certificates ??= [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
  return certificates;
}
