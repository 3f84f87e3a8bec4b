import { EMPTY, VALUE } from './template-token.ts';

/** A place in shapes that agree in what stands around it. */
export interface Context {
  /** One of the shapes. */
  tokens: readonly string[];
  /** The place: tokens [from, to). */
  from: number;
  to: number;
  /** Only the nearest tokens are known to agree. */
  near: boolean;
  /** What stood there, and on how many lines. */
  values: Map<string, number>;
  lines: number;
}

/** Words a value is usually announced by. */
const LEADS = new Set(
  'for from to by of on at in with as user host name node file via using into named id called account group device'.split(
    ' ',
  ),
);

export function isVariable(context: Context): boolean {
  const { tokens, from, to, values, near } = context;
  const words = [...values.keys()].filter((value) => value !== VALUE && value !== EMPTY);
  if (words.length === 0) return true;
  const mixed = values.has(VALUE) || values.has(EMPTY);
  const complex = words.filter(isName).length;
  const lead = leadOf(tokens, from);
  const others = tokens.filter(
    (token, index) => (index < from || index >= to) && /[\p{L}]{2}/u.test(token),
  ).length;
  const first = !tokens.slice(0, from).some((token) => /\p{L}|\0/u.test(token));
  if (others === 0) return values.size >= 16;
  if (near) {
    if (first) return false;
    if (complex * 2 >= values.size) return values.size >= 5;
    return values.size >= (lead === 'none' ? 12 : 6);
  }
  if (mixed && (complex === words.length || lead !== 'none' || others >= 3)) return true;
  if (first) return values.size >= 16;
  if (complex * 2 >= values.size) return values.size >= 2;
  if (lead === 'word') return values.size >= 3;
  if (lead === 'mark') return values.size >= 4;
  return values.size >= 8;
}

/** Not an ordinary word: dots, underlines, dashes, capitals inside. Nor several words: those are told apart by number. */
function isName(word: string): boolean {
  return !/[ \0]/.test(word) && (/[^\p{L}]/u.test(word) || /\p{Ll}\p{Lu}/u.test(word));
}

function leadOf(tokens: readonly string[], place: number): 'word' | 'mark' | 'none' {
  let index = place - 1;
  while (index >= 0 && tokens[index] === ' ') index -= 1;
  const before = tokens[index];
  if (before === undefined) return 'none';
  if (LEADS.has(before.toLowerCase())) return 'word';
  if (/^[=:"'[(<{`]$/.test(before)) return 'mark';
  return 'none';
}

/** Names under one parent beyond which they are values: users, slugs, what scanners try. */
const MANY_NAMES = 24;

/** The same for parts of a path. */
export function isVariableRoutePart({ tokens, from, values, near }: Context): boolean {
  if (near || tokens[from - 1] !== '/') return false;
  return values.size >= (values.has(VALUE) ? MANY_NAMES / 2 : MANY_NAMES);
}
