import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import type { ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { fillTimes } from '../../../src-main/engine/parse/fill-times.ts';
import { createLineParser } from '../../../src-main/engine/parse/line-parser.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);

/** Lines as the pipeline would hand them to detection. */
export function parsed(lines: readonly string[], firstOffset = 0, stream = 1): ParsedBatch {
  const parser = createLineParser({ timeZone: 'UTC', year: 2026, clock: { now: () => NOW } });
  const text = lines.map((line) => `${line}\n`).join('');
  const batch = parser.parse(splitLines('test', stream, firstOffset, Buffer.from(text)));
  fillTimes(batch, Number.NaN, NOW);
  return batch;
}

/** An access line with everything ordinary but what is given. */
export function access(fields: {
  target?: string;
  agent?: string;
  referer?: string;
  address?: string;
  status?: number;
}): string {
  const { target = '/', agent = 'Mozilla/5.0', referer = '-', address = '192.0.2.7', status = 200 } = fields;
  return `${address} - - [21/Nov/2026:10:00:00 +0000] "GET ${target} HTTP/1.1" ${status} 120 "${referer}" "${agent}"`;
}

/** A failed sign-in, `minute` minutes and `second` seconds past ten. */
export function failedSignIn(minute: number, second = 0, address = '192.0.2.7', user = 'root'): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `2026-11-21T10:${two(minute)}:${two(second)}.000000+00:00 gate sshd[71]: Failed password for ${user} from ${address} port 50122 ssh2`;
}
