import { FORMATS } from '../../flow/parsed-batch.ts';
import { combined } from './combined.ts';
import { container } from './container.ts';
import { error } from './error.ts';
import { json } from './json.ts';
import type { LineFormat } from './line-format.ts';
import { logfmt } from './logfmt.ts';
import { postgresql } from './postgresql.ts';
import { python } from './python.ts';
import { syslog } from './syslog.ts';
import { text } from './text.ts';
import { w3c } from './w3c.ts';

/** Every format, in the order they are tried; `text` takes whatever is left. */
export const formats: readonly LineFormat[] = [
  combined,
  syslog,
  json,
  postgresql,
  w3c,
  container,
  python,
  error,
  logfmt,
  text,
];

/** What `ParsedBatch.formats` holds for each of `formats`. */
export const formatCodes: readonly number[] = formats.map((format) => FORMATS.indexOf(format.name));

/** Bit `format` of entry `byte`: a line that begins with that byte can be of that format. */
export const formatsByFirstByte: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) =>
  formats.reduce(
    (bits, format, index) => (format.opensWith?.(byte) === false ? bits : bits | (1 << index)),
    0,
  ),
);
