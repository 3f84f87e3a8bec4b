import { RE2JS } from 're2js';
import type { LoadedRule } from './rule-file.ts';

/** A pattern that can be looked for. */
export interface Pattern {
  /** The names of its groups, by their numbers. */
  readonly groups: readonly (string | undefined)[];
  test(text: string): boolean;
  /** What matched, and by number what each group did. */
  find(text: string): readonly (string | undefined)[] | undefined;
}

/**
 * Patterns of our own are JavaScript expressions, which a test runs against pathological input; a user's always run in
 * linear time through re2js, behind a literal they must contain where one can be told (re2js is 5 to 50 times slower).
 * @throws SyntaxError or RE2JS's error when the pattern is not a valid expression
 */
export function compilePattern(source: string, origin: LoadedRule['origin']): Pattern {
  if (origin === 'built-in') {
    const { unnamed, names } = numbered(source);
    const expression = new RegExp(unnamed, 'iu');
    return {
      groups: [undefined, ...names],
      test: (text) => expression.test(text),
      find: (text) => expression.exec(text) ?? undefined,
    };
  }
  const expression = RE2JS.compile(
    source.replaceAll('(?<', '(?P<').replaceAll(/\(\?P<([=!])/g, '(?<$1'),
    RE2JS.CASE_INSENSITIVE,
  );
  const groups: (string | undefined)[] = [undefined];
  for (const [name, number] of Object.entries(expression.namedGroups())) groups[number] = name;
  const literal = requiredLiteral(source);
  return {
    groups,
    test: (text) =>
      (literal === undefined || text.toLowerCase().includes(literal)) && expression.matcher(text).find(),
    find: (text) => {
      if (literal !== undefined && !text.toLowerCase().includes(literal)) return undefined;
      const matcher = expression.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from(groups, (_, number) => matcher.group(number) ?? undefined);
    },
  };
}

/**
 * An expression without its groups' names, and the name of each group in order: for every match with named groups V8 makes
 * a dictionary, which costs as much as the match.
 */
function numbered(source: string): { unnamed: string; names: (string | undefined)[] } {
  const names: (string | undefined)[] = [];
  if (source.includes('\\k<')) throw new SyntaxError(`A pattern can't refer to a group by name: ${source}`);
  // Whatever is escaped, a class, or the beginning of a group.
  const unnamed = source.replaceAll(
    /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?<(?<name>[A-Za-z_]\w*)>|(?<special>\?))?/gsu,
    (piece: string, name: string | undefined, special: string | undefined) => {
      if (!piece.startsWith('(') || special !== undefined) return piece;
      names.push(name);
      return '(';
    },
  );
  return { unnamed, names };
}

/**
 * The longest run of plain characters that every match must contain, lower case; undefined where none of three or more
 * can be told. Groups, classes and alternatives are not looked into: a literal missed costs time, a wrong one would hide
 * a match.
 */
export function requiredLiteral(source: string): string | undefined {
  if (source.includes('|') || source.includes('(?')) return undefined;
  let best = '';
  let run = '';
  const end = (): void => {
    if (run.length > best.length) best = run;
    run = '';
  };
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at] ?? '';
    if (character === '\\') {
      const next = source[at + 1] ?? '';
      at += 1;
      if (/[A-Za-z0-9]/.test(next)) end();
      else run += next;
    } else if (character === '[' || character === '(') {
      end();
      at = skipGroup(source, at);
    } else if ('?*{'.includes(character)) {
      // The character before may be absent.
      run = run.slice(0, -1);
      end();
      if (character === '{') at = Math.max(at, source.indexOf('}', at));
    } else if ('+.^$)'.includes(character)) end();
    else run += character;
  }
  end();
  return best.length >= 3 ? best.toLowerCase() : undefined;
}

function skipGroup(source: string, at: number): number {
  let depth = 0;
  let inClass = false;
  for (let i = at; i < source.length; i += 1) {
    const character = source[i];
    if (character === '\\') i += 1;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') {
      inClass = true;
      if (source[i + 1] === ']' || source.startsWith('^]', i + 1)) i += source[i + 1] === '^' ? 2 : 1;
    } else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth <= 0 && !inClass) return i;
  }
  return source.length;
}
