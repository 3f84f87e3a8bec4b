/**
 * Climbing out of a directory: two dots or more between separators, however often repeated or disguised. The text is
 * normalised, so that `%2e%2e%5c` or `%c0%ae` are plain dots by now.
 */
const CLIMB =
  /(?:^|[/\\=:;,&?@(|'"\]) ])\.{2,}(?:;[^/\\]{0,20})?[/\\]+(?:\.|[^/\\ ]|$)|[/\\]\.{2,}[/\\]*$|\.\.[/\\]\.\.|[/\\]\.{3,}[/\\]|(?:[/\\]\.){4,}|\.{8,}/;

/**
 * One step up, two directories deep or more, between plain names: a relative link that a crawler did not resolve, such as
 * `/docs/2.1/../2.2/`. It stays where it was; what climbs to read a file has more steps or starts higher up.
 */
const STAYS_INSIDE = /^\/(?:[\w-][\w.-]*\/){2,}\.\.\/(?:[\w-][\w.-]*\/?)*$/;

/** `<a href="../">` and `src=../x` in a text are markup. */
const MARKUP = /(?:href|src|action|url)\s*[=(]\s*["']?(?:\.\.\/)+/;

/**
 * @param value one normalised path or parameter value
 * @returns the part that climbs
 */
export function findTraversal(value: string): string | undefined {
  if (!value.includes('..') && !value.includes('/./.')) return undefined;
  const found = CLIMB.exec(value);
  if (found === null || MARKUP.test(value) || STAYS_INSIDE.test(value)) return undefined;
  // An ellipsis ends words: `wait.../` or `and so on....`.
  if (/^\.{3,}[/\\]?/.test(found[0]) && /[a-z]$/.test(value.slice(0, found.index))) return undefined;
  return found[0];
}
