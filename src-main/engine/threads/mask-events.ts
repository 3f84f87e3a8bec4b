import type { EventBatch } from '../flow/event-batch.ts';
import { LINES_PER_RUN } from '../flow/line-runs.ts';
import type { ParsedBatch } from '../flow/parsed-batch.ts';
import type { MaskedText } from '../flow/partition-lines.ts';

/** Evidence longer than this is cut: enough to judge by, and findings stay small. */
const MAX_EVIDENCE_BYTES = 1000;

/**
 * What leaves the worker as evidence is what is stored: the masked line in place of the detected one, the pseudonym in
 * place of the user's name.
 * @param pseudonym undefined: users are not masked
 */
export function maskEvents(
  events: EventBatch,
  batch: ParsedBatch,
  masked: MaskedText,
  pseudonym: ((user: string) => string) | undefined,
): void {
  const text = Buffer.from(masked.text.buffer, masked.text.byteOffset, masked.text.byteLength);
  if (pseudonym !== undefined) maskUsers(events, pseudonym);
  let line = 0;
  for (let from = 0; from < events.count; from += LINES_PER_RUN)
    line = putEvidence(
      events,
      from,
      Math.min(events.count, from + LINES_PER_RUN),
      batch,
      masked.textEnds,
      text,
      line,
    );
}

function maskUsers(events: EventBatch, pseudonym: (user: string) => string): void {
  /** Index of the pseudonym by that of the name. */
  const pseudonyms = new Map<number, number>();
  for (let event = 0; event < events.count; event += 1) {
    const user = events.users[event] ?? 0;
    if (user === 0) continue;
    // A string of its own: the name may be an address or a service too, and whoever tries `sshd` hides no attack by it.
    let index = pseudonyms.get(user);
    if (index === undefined) {
      index = events.strings.push(pseudonym(events.strings[user] ?? '')) - 1;
      pseudonyms.set(user, index);
    }
    events.users[event] = index;
  }
}

/**
 * Events come in line order.
 * @param line where to go on from
 * @returns the line of the last event that had evidence
 */
function putEvidence(
  events: EventBatch,
  from: number,
  to: number,
  batch: ParsedBatch,
  textEnds: Uint32Array,
  text: Buffer,
  line: number,
): number {
  let at = line;
  for (let event = from; event < to; event += 1) {
    const evidence = events.texts[event] ?? 0;
    if (evidence === 0) continue;
    while (at + 1 < batch.count && batch.offset(at) < (events.offsets[event] ?? 0)) at += 1;
    const start = at === 0 ? 0 : (textEnds[at - 1] ?? 0);
    const end = Math.min(textEnds[at] ?? start, start + MAX_EVIDENCE_BYTES);
    events.strings[evidence] = text.toString('utf8', start, end);
  }
  return at;
}
