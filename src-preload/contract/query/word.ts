import type { Place } from './syntax.ts';

/** The term being typed. */
export interface TypedWord extends Place {
  /** Behind a colon: whose value it is. */
  field?: string | undefined;
  /** What stands there so far of the name or the value. */
  typed: string;
}

const NAME = /^([A-Za-z_@][\w.@-]*):(.*)$/s;

/** The term around the caret, from behind its minus or bracket on; what is typed ends at the caret. */
export function wordAt(text: string, caret: number): TypedWord {
  const at = Math.min(Math.max(0, caret), text.length);
  const from = startOfWord(text, at);
  let to = at;
  while (to < text.length && !/[\s)]/.test(text[to] ?? '')) to += 1;
  const before = text.slice(from, at);
  const match = NAME.exec(before);
  if (match === null) return { from, to, typed: before };
  return { from, to, field: match[1], typed: (match[2] ?? '').replace(/^"/, '') };
}

function startOfWord(text: string, caret: number): number {
  let from = caret;
  while (from > 0 && !/\s/.test(text[from - 1] ?? '')) from -= 1;
  while (from < caret && /[-(]/.test(text[from] ?? '')) from += 1;
  return from;
}
