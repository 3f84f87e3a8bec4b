import { BlockList, isIP } from 'node:net';
import { ipv4OfText } from '../../flow/ipv4.ts';

/** An address of either family, without brackets and zone; used inside rule patterns as `{address}`. */
export const ADDRESS_PATTERN =
  '(?:::ffff:)?\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\\d{1,3}\\.){3}\\d{1,3})?';

/**
 * The address as buckets know it: brackets, zone, port and `::ffff:` taken off, lower case.
 * @returns undefined where the text is no address
 */
export function cleanAddress(text: string): string | undefined {
  // Nearly all of them, and nothing to take off.
  if (ipv4OfText(text) !== 0) return text;
  let address = text.trim().toLowerCase();
  if (address.startsWith('[')) {
    const end = address.indexOf(']');
    address = end < 0 ? address.slice(1) : address.slice(1, end);
  } else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address)) address = address.slice(0, address.indexOf(':'));
  const zone = address.indexOf('%');
  if (zone >= 0) address = address.slice(0, zone);
  if (address.startsWith('::ffff:') && address.includes('.')) address = address.slice(7);
  return isIP(address) === 0 ? undefined : address;
}

/** Whether a text can be the name of a host, as servers write it where they looked the address up. */
export function isHostName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9_-]{0,62}\.)+[a-z][a-z0-9-]{1,62}$/i.test(text) || /^localhost$/i.test(text);
}

/** Addresses and CIDR ranges as a list to check against; what is neither is left out (settings check them). */
export function addressList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address);
    if (family === 0) continue;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    if (Number.isInteger(bits) && bits >= 0 && bits <= (family === 4 ? 32 : 128))
      list.addSubnet(address, bits, type);
  }
  return list;
}
