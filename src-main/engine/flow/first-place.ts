/** Where a text of single bytes stands first among the bytes from `from` to `to`; -1 for nowhere. */
export function firstPlace(bytes: Uint8Array, from: number, to: number, text: string): number {
  const { length } = text;
  if (length === 0) return -1;
  let [lowest, highest] = [255, 0];
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < lowest) lowest = code;
    if (code > highest) highest = code;
  }
  const last = text.charCodeAt(length - 1);
  let end = from + length;
  while (end <= to) {
    const byte = bytes[end - 1] ?? 0;
    if (byte === last && isAt(bytes, end - length, text)) return end - length;
    // What is nowhere in the text, such as a letter where an IPv4 address is looked for, is passed by at once.
    end += byte < lowest || byte > highest ? length : 1;
  }
  return -1;
}

function isAt(bytes: Uint8Array, place: number, text: string): boolean {
  for (let at = 0; at < text.length - 1; at += 1) if (bytes[place + at] !== text.charCodeAt(at)) return false;
  return true;
}
