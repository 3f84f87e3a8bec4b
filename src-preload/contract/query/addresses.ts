/** Networks as a query names them: one address, or all that begin with the same bits. */
export interface Network {
  /** 4 or 16 bytes. */
  bytes: readonly number[];
  bits: number;
}

/** Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`; undefined when it is none. */
export function networkOf(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const bytes = addressBytes(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const whole = bytes.length * 8;
  if (slash < 0) return { bytes, bits: whole };
  const length = text.slice(slash + 1);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : whole + 1;
  return bits > whole ? undefined : { bytes, bits };
}

/** An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is that IPv4 address. */
export function inNetwork(network: Network, address: string): boolean {
  const bytes = addressBytes(address);
  if (bytes?.length !== network.bytes.length) return false;
  const whole = network.bits >> 3;
  for (let index = 0; index < whole; index += 1) if (bytes[index] !== network.bytes[index]) return false;
  const rest = network.bits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((bytes[whole] ?? 0) & mask) === ((network.bytes[whole] ?? 0) & mask);
}

/** Four or sixteen bytes. */
function addressBytes(text: string): number[] | undefined {
  if (!text.includes(':')) return ipv4(text);
  const bytes = ipv6(text.replace(/%.*$/, ''));
  if (bytes === undefined) return undefined;
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? bytes.slice(12) : bytes;
}

function ipv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.map(Number);
}

function ipv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : groupsOf(half.split(':'))));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 16 ? head : undefined;
  const missing = 16 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(groups: string[]): number[] | undefined {
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const embedded = index === groups.length - 1 && group.includes('.') ? ipv4(group) : undefined;
    if (embedded !== undefined) bytes.push(...embedded);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    } else return undefined;
  }
  return bytes;
}
