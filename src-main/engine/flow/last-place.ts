/** Where a text of single bytes stands last among the bytes from `from` to `to`; -1 for nowhere. */
export function lastPlace(bytes: Uint8Array, from: number, to: number, text: string): number {
  const { length } = text;
  const last = text.charCodeAt(length - 1);
  for (let end = to; end - from >= length; end -= 1) {
    if (bytes[end - 1] !== last) continue;
    let rest = length - 1;
    while (rest > 0 && bytes[end - length + rest - 1] === text.charCodeAt(rest - 1)) rest -= 1;
    if (rest === 0) return end - length;
  }
  return -1;
}
