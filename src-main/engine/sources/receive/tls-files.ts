import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { ListenerId } from '../../../../src-preload/contract/limits.ts';
import { codeOf, ListenerFault } from './listener.ts';

/** The user's certificate and key, and whose certificates senders must have. */
export interface TlsFiles {
  cert: string;
  key: string;
  ca?: string;
}

const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads the PEM files of a listener and tries them.
 * @throws ListenerFault that names the file and the setting
 */
export async function readTlsFiles(
  id: ListenerId,
  files: { certificate: string; key: string; clientAuthority?: string },
): Promise<TlsFiles> {
  const cert = await readPem(id, 'certificate', files.certificate);
  const key = await readPem(id, 'key', files.key);
  const parsed = attempt(() => new X509Certificate(cert));
  if (parsed === undefined) throw fault(id, 'certificate', 'notACertificate', files.certificate);
  if (attempt(() => createSecureContext({ key, minVersion: 'TLSv1.2' })) === undefined)
    throw fault(id, 'key', 'notAKey', files.key);
  if (attempt(() => createSecureContext({ cert, key, minVersion: 'TLSv1.2' })) === undefined)
    throw fault(id, 'key', 'keyDoesNotFit', files.key, { certificate: files.certificate });
  if (files.clientAuthority === undefined || files.clientAuthority === '') return { cert, key };
  const ca = await readPem(id, 'clientAuthority', files.clientAuthority);
  if (attempt(() => new X509Certificate(ca)) === undefined)
    throw fault(id, 'clientAuthority', 'notACertificate', files.clientAuthority);
  return { cert, key, ca };
}

async function readPem(id: ListenerId, field: string, path: string): Promise<string> {
  if (path === '') throw fault(id, field, 'fileMissing', path);
  if (!isAbsolute(path)) throw fault(id, field, 'notAbsolute', path);
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw fault(id, field, 'notACertificate', path);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof ListenerFault) throw error;
    throw fault(id, field, 'unreadable', path, { code: codeOf(error) });
  }
}

function attempt<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    // OpenSSL's words are for its own developers; which file is wrong is what helps.
    return undefined;
  }
}

function fault(
  id: ListenerId,
  field: string,
  name: string,
  file: string,
  more: Record<string, string> = {},
): ListenerFault {
  return new ListenerFault(`receiver.${id}.${field}`, `receiver.problem.${name}`, { file, ...more });
}
