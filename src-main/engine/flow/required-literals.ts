/**
 * Which plain texts an expression cannot match without: `(?:^|/)(?:wp-admin|xmlrpc\.php)` needs one of `wp-admin` and
 * `xmlrpc.php`. Looking for those first spares nearly every line the expression itself.
 *
 * A literal missed costs time, a wrong one would hide a match: whatever is not surely understood counts as "anything".
 */

/** What is known of a part of an expression. */
interface Part {
  /** Every text the part can match, where they are few. */
  exact: readonly string[] | undefined;
  /** One of these is in every text that the part matches. */
  required: readonly string[] | undefined;
  /** With one of these begins every text that the part matches, where it has no exact ones. */
  starts?: readonly string[] | undefined;
}

/** Longest list of exact texts that is carried on; beyond it only what is required is known. */
const MAX_EXACT = 64;
const MAX_REQUIRED = 2000;
const ANYTHING: Part = { exact: undefined, required: undefined };
const NOTHING: Part = { exact: [''], required: undefined };

/** Thrown at syntax that this reader does not know; never leaves the file. */
class NotUnderstood extends Error {}

/**
 * @param source an expression in JavaScript or RE2 syntax, matched without regard to case
 * @returns lower-case texts of which every match contains at least one, or undefined where that cannot be told
 */
export function requiredLiterals(source: string): readonly string[] | undefined {
  try {
    return best(new Reader(source).whole());
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

function best(part: Part): readonly string[] | undefined {
  return better(part.exact, part.required);
}

/** The more telling of two lists: longer texts first (five characters tell enough), then fewer. */
function better(
  one: readonly string[] | undefined,
  two: readonly string[] | undefined,
): readonly string[] | undefined {
  const worth = (list: readonly string[] | undefined): number =>
    list === undefined || list.length === 0
      ? 0
      : Math.min(5, ...list.map((text) => text.length)) - list.length / (MAX_REQUIRED * 2);
  const chosen = worth(one) >= worth(two) ? one : two;
  return worth(chosen) <= 0 ? undefined : chosen;
}

function startsOf({ exact, starts }: Part): readonly string[] {
  return exact ?? starts ?? [''];
}

function followed(starts: readonly string[], ends: readonly string[]): readonly string[] {
  return starts.flatMap((start) => ends.map((end) => start + end));
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Part {
    const part = this.#alternatives();
    if (this.#at < this.#source.length) throw new NotUnderstood();
    return part;
  }

  #alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      parts.push(this.#sequence());
    }
    if (parts.length === 1) return parts[0] ?? ANYTHING;
    const exact = parts.flatMap((part) => part.exact ?? []);
    const required = parts.flatMap((part) => best(part) ?? []);
    return {
      exact: parts.every((part) => part.exact !== undefined) && exact.length <= MAX_EXACT ? exact : undefined,
      required:
        parts.every((part) => best(part) !== undefined) && required.length <= MAX_REQUIRED
          ? required
          : undefined,
      starts: parts.flatMap(startsOf),
    };
  }

  #sequence(): Part {
    let running: readonly string[] = [''];
    let whole = true;
    let required: readonly string[] | undefined;
    let starts: readonly string[] | undefined;
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const part = this.#quantified();
      if (part.exact !== undefined && part.exact.length * running.length <= MAX_EXACT) {
        running = followed(running, part.exact);
        continue;
      }
      const begun = startsOf(part);
      const reached = begun.length * running.length <= MAX_EXACT ? followed(running, begun) : running;
      starts ??= reached;
      required = better(better(required, reached), best(part));
      running = part.exact ?? [''];
      whole = false;
    }
    required = better(required, running);
    return { exact: whole ? running : undefined, required, starts };
  }

  #quantified(): Part {
    const part = this.#atom();
    const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (found === null) return part;
    const [text, least] = found;
    this.#at += text.length;
    if (text.startsWith('+') || Number(least ?? 0) > 0)
      return { exact: undefined, required: best(part), starts: startsOf(part) };
    return text.startsWith('?') && part.exact !== undefined
      ? { exact: ['', ...part.exact], required: undefined }
      : ANYTHING;
  }

  #atom(): Part {
    const character = this.#source[this.#at] ?? '';
    if (character === '(') return this.#group();
    if (character === '[') return this.#class();
    this.#at += 1;
    if (character === '\\') return this.#escape();
    if (character === '^' || character === '$') return NOTHING;
    if (character === '.') return ANYTHING;
    // Brackets that close nothing belong to syntax of another kind, such as `[[:alpha:]]`.
    if ('*+?{}]'.includes(character)) throw new NotUnderstood();
    return literal(character);
  }

  #group(): Part {
    const opening =
      /^\((?:\?(?::|=|!|<=|<!|P?<\w+>))?/.exec(this.#source.slice(this.#at, this.#at + 80))?.[0] ?? '(';
    this.#at += opening.length;
    if (opening === '(' && this.#source[this.#at] === '?') throw new NotUnderstood();
    const inner = this.#alternatives();
    if (this.#source[this.#at] !== ')') throw new NotUnderstood();
    this.#at += 1;
    // What is looked ahead at or behind may be matched by another part as well, or must not be there at all.
    return /[=!]$/.test(opening) ? NOTHING : inner;
  }

  /** A class of a few plain characters is those; any other is anything. */
  #class(): Part {
    const start = this.#at + 1;
    let end = start;
    while (end < this.#source.length && (this.#source[end] !== ']' || end === start)) {
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    if (end >= this.#source.length) throw new NotUnderstood();
    this.#at = end + 1;
    const inside = this.#source.slice(start, end);
    if (!/^(?:[\w .,:;/=?&'"@#%~<>|(){}+*!`]|\\[\\/.\-[\]()$^])+$/.test(inside)) return ANYTHING;
    const characters = inside.replaceAll(/\\(.)/g, '$1').toLowerCase();
    return characters.length > 16 ? ANYTHING : { exact: Array.from(characters), required: undefined };
  }

  #escape(): Part {
    const character = this.#source[this.#at] ?? '';
    this.#at += 1;
    if (character === 'b' || character === 'B') return NOTHING;
    if ('sSdDwW'.includes(character)) return ANYTHING;
    // Other letters and digits are back references, code points and whatever an engine has besides.
    if (/[A-Za-z0-9]/.test(character) || character === '') throw new NotUnderstood();
    return literal(character);
  }
}

function literal(character: string): Part {
  // Other alphabets have letters of several lower cases.
  return character > '~' ? ANYTHING : { exact: [character.toLowerCase()], required: undefined };
}
