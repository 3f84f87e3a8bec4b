import { FORMATS } from '../../flow/parsed-batch.ts';
import { combined } from './combined.ts';
import { error } from './error.ts';
import { json } from './json.ts';
import type { LineFormat } from './line-format.ts';
import { python } from './python.ts';
import { syslog } from './syslog.ts';
import { text } from './text.ts';

/** Every format, in the order they are tried; `text` takes whatever is left. */
export const formats: readonly LineFormat[] = [combined, syslog, json, python, error, text];

/** What `ParsedBatch.formats` holds for each of `formats`. */
export const formatCodes: readonly number[] = formats.map((format) => FORMATS.indexOf(format.name));
