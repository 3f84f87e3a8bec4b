import { detectEncoding, type Encoding } from '../../flow/encoding.ts';

/** Bytes of a file's beginning that are looked at once. */
export const HEAD_BYTES = 16 * 1024;
const MAX_HEADER = 4096;
const HASH = 35;

/** What a file's beginning tells of all its lines. */
export interface FileHead {
  /** Undefined while there is nothing but ASCII: then whoever reads the lines finds out. */
  encoding: Encoding | undefined;
  /** The lines that begin with `#`, where the file begins with such: they name the columns of a W3C log. */
  header: string | undefined;
}

/** @param bytes the file's first, as many as there are up to HEAD_BYTES */
export function readHead(bytes: Buffer): FileHead {
  const encoding = detectEncoding(bytes, true);
  return { encoding, header: headerOf(bytes, encoding) };
}

function headerOf(bytes: Buffer, encoding: Encoding | undefined): string | undefined {
  if (encoding === 'utf-16be' || (bytes[0] !== HASH && encoding === undefined)) return undefined;
  const text = bytes.toString(encoding === 'utf-16le' ? 'utf16le' : 'latin1', 0, MAX_HEADER);
  const lines = text.replace(/^(?:\ufeff|\u00ef\u00bb\u00bf)/, '').split(/\r?\n/);
  const header = lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('#')),
    )
    .join('\n');
  return header === '' ? undefined : header;
}
