import { EMPTY, VALUE } from './template-token.ts';

/** What of the tokens around a place is known to agree: all, the nearest, or all before it (the place goes to the end). */
export type Agreement = 'all' | 'near' | 'before';

/** A place in shapes that agree in what stands around it. */
export interface Context {
  /** One of the shapes. */
  tokens: readonly string[];
  /** The place: tokens [from, to). */
  from: number;
  to: number;
  agrees: Agreement;
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

/** Words that differ at the beginning of a line are mostly what the line says. */
const FIRST_WORDS = 16;
const FIRST_NAMES = 6;
/** Words behind a preposition, behind a sign such as = or a bracket, and anywhere else. */
const AFTER_LEAD = 3;
const AFTER_MARK = 4;
const ANYWHERE = 8;
/** The same where only the nearest tokens agree. */
const NEAR_NAMES = 5;
const NEAR_LEAD = 6;
const NEAR_ANYWHERE = 12;
/** Ends of lines that differ, what share of the lines must have one of its own, and words that agree before. */
const TAILS = 8;
const TAILS_UNIQUE = 0.4;
const TAILS_ENOUGH = 100;
const TAIL_WORDS = 3;
/** So many other words in agreement that a number and a word in one place are the same thing. */
const MANY_OTHERS = 3;

/**
 * Whether what differs at a place are values of one variable rather than words of different statements. The more values,
 * the less they look like words, and the more the words before announce one, the surer. The thresholds were set on logs
 * of the project's own making and are the same for all logs.
 */
export function isVariable(context: Context): boolean {
  const { tokens, from, to, values, agrees } = context;
  if (agrees === 'before') return isVariableTail(context);
  const words = [...values.keys()].filter((value) => value !== VALUE && value !== EMPTY);
  if (words.length === 0) return true;
  const mixed = words.length < values.size;
  const lead = leadOf(tokens, from);
  const names = words.filter((word) => isName(word) || (lead === 'word' && isCapitals(word))).length;
  const mostlyNames = names * 2 >= values.size;
  const others = tokens.filter(
    (token, index) => (index < from || index >= to) && /\p{L}{2}/u.test(token),
  ).length;
  if (others === 0) return values.size >= FIRST_WORDS;
  const first = !tokens.slice(0, from).some((token) => /\p{L}|\0/u.test(token));
  if (agrees === 'near') {
    if (first) return false;
    if (mixed && names === words.length && lead !== 'none') return true;
    if (mostlyNames) return values.size >= NEAR_NAMES;
    return values.size >= (lead === 'none' ? NEAR_ANYWHERE : NEAR_LEAD);
  }
  if (mixed && (names === words.length || lead !== 'none' || others >= MANY_OTHERS)) return true;
  if (first) return values.size >= (names * 4 >= words.length * 3 ? FIRST_NAMES : FIRST_WORDS);
  if (mostlyNames) return true;
  if (lead === 'word') return values.size >= AFTER_LEAD;
  return values.size >= (lead === 'mark' ? AFTER_MARK : ANYWHERE);
}

/**
 * Whether all that follows is a value of several words: a reason, a name, a title. Statements of their own would come
 * again and again; values hardly do.
 */
function isVariableTail({ tokens, from, values, lines }: Context): boolean {
  const announced = announcesTail(tokens, from);
  if (values.size < (announced ? TAILS : 2 * TAILS)) return false;
  if (values.size < Math.min(lines * TAILS_UNIQUE, TAILS_ENOUGH)) return false;
  const before = tokens.slice(0, from);
  const words = before.filter((token) => /\p{L}{2}/u.test(token)).length;
  const needed = announced ? TAIL_WORDS : TAIL_WORDS + 1;
  return words >= needed || (words >= needed - 1 && before.includes(VALUE));
}

/** Whether a value of several words is announced here: behind a colon, a dash, or a word that leads to one. */
function announcesTail(tokens: readonly string[], place: number): boolean {
  if (tokens[place - 1] !== ' ') return false;
  const before = tokens[place - 2] ?? '';
  return before === ':' || before === '-' || before === '=' || LEADS.has(before.toLowerCase());
}

function isCapitals(word: string): boolean {
  return /^\p{Lu}{3,}$/u.test(word);
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
  if (/^[=:"'[(<{`＝：（［｛【「『〈《〔]$/.test(before)) return 'mark';
  return 'none';
}

/** Names under one parent beyond which they are values: users, slugs, what scanners try. */
const MANY_NAMES = 24;

/** The same for parts of a path. */
export function isVariableRoutePart({ tokens, from, values, agrees }: Context): boolean {
  if (agrees !== 'all' || tokens[from - 1] !== '/') return false;
  return values.size >= (values.has(VALUE) ? MANY_NAMES / 2 : MANY_NAMES);
}
