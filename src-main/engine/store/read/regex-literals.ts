/**
 * Texts that every match of a regular expression (RE2 syntax) must contain, so that most blocks and lines need not be
 * given to the expression at all. Only what is certain: what stands outside groups, classes and alternatives. An
 * expression with anything unfamiliar yields none, and is simply slower.
 */
export function requiredLiterals(pattern: string): string[] {
  const scanner = new LiteralScanner(pattern);
  return scanner.scan();
}

const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})[?+]?/;
/** Escapes that stand for a class or a place, not for a character. */
const CLASS_ESCAPE = /^\\[dDsSwWbBAz]/;
const PUNCTUATION_ESCAPE = /^\\[!-/:-@[-`{-~]/;

class LiteralScanner {
  readonly #pattern: string;
  readonly #found: string[] = [];
  #run = '';
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  scan(): string[] {
    while (this.#at < this.#pattern.length) {
      if (!this.#step()) return [];
    }
    this.#endRun();
    return this.#found;
  }

  /** Takes one item; false when nothing certain can be said of the whole. */
  #step(): boolean {
    const rest = this.#pattern.slice(this.#at);
    const first = rest[0] ?? '';
    if (first === '|' || first === ')') return false;
    if (first === '(') return this.#skip(groupLength(rest));
    if (first === '[') return this.#skip(classLength(rest));
    if ('.^$'.includes(first)) return this.#skip(1);
    if (CLASS_ESCAPE.test(rest)) return this.#skip(2);
    if (first === '\\') {
      if (!PUNCTUATION_ESCAPE.test(rest)) return false;
      return this.#character(rest[1] ?? '', 2);
    }
    if ('*+?{'.includes(first)) return false;
    const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    return this.#character(letter, letter.length);
  }

  #character(letter: string, length: number): boolean {
    const quantifier = QUANTIFIER.exec(this.#pattern.slice(this.#at + length))?.[0];
    if (quantifier === undefined) {
      this.#run += letter;
      this.#at += length;
      return true;
    }
    // Once or more: it is there, but what follows need not stand next to it.
    if (quantifier.startsWith('+')) this.#run += letter;
    this.#endRun();
    this.#at += length + quantifier.length;
    return true;
  }

  /** Passes something that is no certain text, with its quantifier. */
  #skip(length: number): boolean {
    if (length === 0) return false;
    this.#endRun();
    this.#at += length;
    this.#at += QUANTIFIER.exec(this.#pattern.slice(this.#at))?.[0].length ?? 0;
    return true;
  }

  #endRun(): void {
    if (this.#run !== '') this.#found.push(this.#run);
    this.#run = '';
  }
}

/** Characters of the class at the start, 0 when it does not end or nests. */
function classLength(text: string): number {
  // A bracket right after the opening one (or its caret) is a member.
  let at = text[1] === '^' ? 2 : 1;
  if (text[at] === ']') at += 1;
  for (; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '[') return 0;
    else if (character === ']') return at + 1;
  }
  return 0;
}

/** Characters of the group at the start, 0 when it does not end or sets flags for what follows. */
function groupLength(text: string): number {
  if (/^\(\?[a-zA-Z-]+\)/.test(text)) return 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') {
      if (text[at + 1] === 'Q') return 0;
      at += 1;
    } else if (character === '[') {
      const length = classLength(text.slice(at));
      if (length === 0) return 0;
      at += length - 1;
    } else if (character === '(') {
      depth += 1;
    } else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return 0;
}
