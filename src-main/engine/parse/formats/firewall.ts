import { FIELD, FORMATS, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isWordByte, matchesAt } from '../bytes.ts';

/*
 * Lines of the Linux packet filter (iptables' LOG target, nftables' `log`, ufw). They come inside other formats (syslog's
 * kernel lines, the kernel's own buffer): whoever reads those asks here.
 */

/** The filter's own prefix is at most 128 bytes; the kernel's clock stands before it. */
const MAX_PREFIX = 180;
const CODE = FORMATS.indexOf('firewall');

/** Words in the prefix that say what was done; the prefix is the administrator's to choose. */
const REFUSING = ['block', 'drop', 'deny', 'denied', 'reject', 'refuse', 'bad', 'invalid', 'limit'];

/** What becomes of a refused packet: a notice, as it is a firewall's ordinary work. */
const REFUSED_LEVEL = 5;

/**
 * Whether the message in [from, end) is a packet filter's; then the line's address is the sender's, and its format this.
 * @param hasLevel the line says its level itself
 */
export function takePacket(
  batch: ParsedBatch,
  line: number,
  from: number,
  end: number,
  hasLevel: boolean,
): boolean {
  const bytes = batch.bytes;
  const packet = packetStart(bytes, from, end);
  if (packet < 0) return false;
  let source = packet;
  while (source < end && !(bytes[source] === BYTE.space && matchesAt(bytes, source + 1, end, 'src=')))
    source += 1;
  if (source >= end) return false;
  let stop = source + 5;
  while (stop < end && bytes[stop] !== BYTE.space) stop += 1;
  batch.setSlice(line, FIELD.address, source + 5, stop);
  if (!hasLevel) batch.levels[line] = isRefusing(bytes, from, packet) ? REFUSED_LEVEL : 6;
  batch.formats[line] = CODE;
  return true;
}

/** Where `IN=` begins, which every such line has, before `OUT=`; -1 when it is none. */
function packetStart(bytes: Uint8Array, from: number, end: number): number {
  const limit = Math.min(end - 12, from + MAX_PREFIX);
  for (let at = from; at < limit; at += 1) {
    if (bytes[at] !== 73 || bytes[at + 1] !== 78 || bytes[at + 2] !== BYTE.equals) continue;
    // Prefixes are often written without a space behind them: `DROP:IN=eth0`.
    if (at > from && isWordByte(bytes[at - 1]) && bytes[at - 1] !== BYTE.colon) continue;
    let word = at + 3;
    while (word < end && bytes[word] !== BYTE.space) word += 1;
    return matchesAt(bytes, word, end, ' out=') || matchesAt(bytes, word, end, ' physin=') ? at : -1;
  }
  return -1;
}

function isRefusing(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (REFUSING.some((word) => matchesAt(bytes, at, to, word))) return true;
  }
  return false;
}

const NAMES: Record<string, string> = {
  SRC: 'source.ip',
  SPT: 'source.port',
  DST: 'destination.ip',
  DPT: 'destination.port',
  PROTO: 'network.transport',
  IN: 'observer.ingress.interface.name',
  OUT: 'observer.egress.interface.name',
  LEN: 'network.bytes',
  TTL: 'ttl',
  MAC: 'source.mac',
  TYPE: 'icmp.type',
  CODE: 'icmp.code',
};

/** What was done, to whom, by which way. */
export function* packetDetails(line: string): Generator<[string, string]> {
  const packet = /(?:^|[\s:\]])IN=\S* (?:OUT|PHYSIN)=/.exec(line);
  if (packet === null) return;
  const prefix = line.slice(Math.max(0, packet.index - MAX_PREFIX), packet.index);
  const action = actionOf(prefix);
  if (action !== undefined) yield ['event.action', action];
  for (const [, name = '', value = ''] of line.slice(packet.index).matchAll(/\b([A-Z]+)=(\S*)/g)) {
    const standard = NAMES[name];
    if (standard !== undefined && value !== '') yield [standard, value];
  }
  const flags = line.slice(packet.index).match(/\b(?:SYN|ACK|FIN|RST|PSH|URG)\b(?!=)/g);
  if (flags !== null) yield ['tcp.flags', flags.join(' ')];
}

/** `drop`, `reject`, `allow` …, by the words of the prefix. */
function actionOf(prefix: string): string | undefined {
  const word = /\b(block|drop|den(?:y|ied)|reject|refuse|accept|allow|pass|audit|log|invalid|limit)/i.exec(
    prefix.replace(/^.*kernel:/i, ''),
  )?.[1];
  switch (word?.toLowerCase()) {
    case undefined:
      return undefined;
    case 'block':
    case 'limit':
    case 'invalid':
    case 'drop':
      return 'drop';
    case 'deny':
    case 'denied':
    case 'refuse':
    case 'reject':
      return 'reject';
    case 'accept':
    case 'allow':
    case 'pass':
      return 'allow';
    default:
      return word?.toLowerCase();
  }
}
