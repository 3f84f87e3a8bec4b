import type { EventBatch } from '../flow/event-batch.ts';
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
  /** Index of the pseudonym by that of the name. */
  const pseudonyms = new Map<number, number>();
  let line = 0;
  for (let event = 0; event < events.count; event += 1) {
    const user = events.users[event] ?? 0;
    if (user !== 0 && pseudonym !== undefined) {
      // A string of its own: the name may be an address or a service too, and whoever tries `sshd` hides no attack by it.
      let index = pseudonyms.get(user);
      if (index === undefined) {
        index = events.strings.push(pseudonym(events.strings[user] ?? '')) - 1;
        pseudonyms.set(user, index);
      }
      events.users[event] = index;
    }
    const evidence = events.texts[event] ?? 0;
    if (evidence === 0) continue;
    // Events come in line order.
    while (line + 1 < batch.count && batch.offset(line) < (events.offsets[event] ?? 0)) line += 1;
    const start = line === 0 ? 0 : (masked.textEnds[line - 1] ?? 0);
    const end = Math.min(masked.textEnds[line] ?? start, start + MAX_EVIDENCE_BYTES);
    events.strings[evidence] = text.toString('utf8', start, end);
  }
}
