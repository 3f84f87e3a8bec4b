/**
 * Letters that are equal when case is ignored, by Unicode's simple case folding: the same that `ripgrep -i` uses. The
 * engine's own regular expressions know the table (flags `iu`), so none is kept here.
 */

const LAST_CASED = 0x1e943;
const SOME_CASE = /[\p{Changes_When_Casemapped}\p{Changes_When_Casefolded}]/u;

/** The Kelvin sign and the long s. */
const OUTSIDE_ASCII: ReadonlyMap<string, string[]> = new Map([
  ['k', ['\u212a']],
  ['s', ['\u017f']],
]);

let casedLetters: string | undefined;
const variantsByLetter = new Map<string, string[]>();

/** All of Unicode's letters with case, one after another; found once per thread, and only when a query needs it. */
function allCasedLetters(): string {
  if (casedLetters !== undefined) return casedLetters;
  const found: string[] = [];
  for (let codePoint = 0; codePoint <= LAST_CASED; codePoint += 1) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
    const letter = String.fromCodePoint(codePoint);
    if (SOME_CASE.test(letter)) found.push(letter);
  }
  casedLetters = found.join('');
  return casedLetters;
}

/** Known beforehand: finding all cased letters takes ten milliseconds, and most queries need no other. */
const ASCII_VARIANTS: ReadonlyMap<string, string[]> = new Map(
  Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => [
    letter,
    [letter, letter.toUpperCase(), ...(OUTSIDE_ASCII.get(letter) ?? [])],
  ]),
);

/** The letter itself and all that equal it but for case. */
export function caseVariants(letter: string): string[] {
  if (letter <= '\x7f') return ASCII_VARIANTS.get(letter.toLowerCase()) ?? [letter];
  const known = variantsByLetter.get(letter);
  if (known !== undefined) return known;
  const variants = SOME_CASE.test(letter) ? findVariants(letter) : [letter];
  if (variantsByLetter.size > 5000) variantsByLetter.clear();
  variantsByLetter.set(letter, variants);
  return variants;
}

function findVariants(letter: string): string[] {
  const codePoint = letter.codePointAt(0) ?? 0;
  const same = new RegExp(`\\u{${codePoint.toString(16)}}`, 'giu');
  return [...new Set([letter, ...(allCasedLetters().match(same) ?? [])])];
}
