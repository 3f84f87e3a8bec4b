import { createHmac } from 'node:crypto';
import { FIELD, FIELD_COUNT, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { isWordByte } from '../bytes.ts';
import type { Span } from './spans.ts';

/** Pseudonyms remembered; a stream of made-up names must not fill the memory. */
const MAX_REMEMBERED = 20_000;
/** Shorter names are replaced only where the parser found them: `a` is also a word. */
const SHORTEST_ELSEWHERE = 3;
const MAX_NAME_BYTES = 256;
const MAX_LINE_SEARCHED = 65_536;

/** Gives every user name a lasting pseudonym that can't be undone without the key. */
export class UserPseudonyms {
  readonly #key: string;
  readonly #known = new Map<string, string>();

  constructor(key: string) {
    this.#key = key;
  }

  /** `user-3f9a2c`: the same for the same name and key, whatever its case. */
  of(name: string): string {
    const folded = name.toLowerCase();
    const known = this.#known.get(folded);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', this.#key).update(folded).digest('hex').slice(0, 6);
    const pseudonym = `user-${digest}`;
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(folded, pseudonym);
    return pseudonym;
  }

  /** The line's user wherever the line names it. */
  spans(batch: ParsedBatch, line: number): Span[] {
    const name = batch.field(line, FIELD.user);
    if (name === undefined || name === '' || /^user-[0-9a-f]{6}$/.test(name)) return [];
    const written = Buffer.from(JSON.stringify(name).slice(1, -1));
    if (written.length > MAX_NAME_BYTES) return [];
    const replacement = this.of(name);
    const start = batch.starts[line] ?? 0;
    const end = Math.min(batch.ends[line] ?? 0, start + MAX_LINE_SEARCHED);
    const slice = batch.slices[(line * FIELD_COUNT + FIELD.user) * 2] ?? -1;
    const spans: Span[] = [];
    for (const needle of [Buffer.from(name), written]) {
      let at = batch.bytes.indexOf(needle, start);
      while (at >= 0 && at + needle.length <= end) {
        const to = at + needle.length;
        const whole = !isWordByte(batch.bytes[at - 1]) && !isWordByte(batch.bytes[to]);
        if (at === slice || (whole && needle.length >= SHORTEST_ELSEWHERE)) {
          spans.push({ from: at, to, kind: 'user', replacement });
        }
        at = batch.bytes.indexOf(needle, to);
      }
    }
    return spans;
  }
}
