/** What was masked, as the mark names it: `[masked:token]`. */
export const MASK_KINDS = [
  'password',
  'token',
  'secret',
  'key',
  'authorization',
  'cookie',
  'session',
  'code',
  'signature',
  'card',
  'user',
] as const;
export type MaskKind = (typeof MASK_KINDS)[number];

/** Bytes to be replaced. */
export interface Span {
  from: number;
  to: number;
  /** What Yagura itself knows, or the name of a rule of the user's own. */
  kind: string;
  /** What stands there instead; `[masked:kind]` where absent. */
  replacement?: string | undefined;
}

/** In order, overlapping ones joined into one of the kind found first. */
export function joined(spans: Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.from - b.from || b.to - a.to);
  const result: Span[] = [];
  let last: Span | undefined;
  for (const span of sorted) {
    if (last === undefined || span.from >= last.to) result.push((last = span));
    else if (span.to > last.to) {
      last = { ...last, to: span.to };
      result[result.length - 1] = last;
    }
  }
  return result;
}

export function replacementOf({ replacement, kind }: Span): string {
  return replacement ?? `[masked:${kind}]`;
}
