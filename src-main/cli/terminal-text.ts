/**
 * Text of unknown origin made safe to print: control characters (C0, DEL, C1) become visible, so that a log line can't
 * move the cursor, change the title or paint over what was printed before. So do the characters that turn the direction
 * of writing: they make a line read as what it is not.
 */
export function printable(text: string): string {
  // eslint's no-control-regex is about mistakes; here they are what is looked for.
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

const CONTROL = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]',
  'g',
);

/** Time as ISO 8601 in UTC: sorts, and means the same everywhere. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
