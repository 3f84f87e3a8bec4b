import { ByteSet, MOST_HITS, PIECE_LENGTH } from '../../flow/byte-scan.ts';
import { secretScanner } from './scanner.ts';

/**
 * Four bytes that begin, or stand in, whatever may be a secret, in lower case. `key`: a name that must be followed by a
 * value; `direct`: the beginning of a token that is known by its form.
 */
const KEY_TRIGGERS =
  'pass pswd psw= psw" psw: pwd= pwd" pwd: pwd% toke secr cred apik api_ api- _key -key skey auth cook sess sid= sid" sid: priv jwt= jwt" jwt: otp= otp" otp: cvv= cvv" cvv: cvc= cvc" cvc: sign sig= sig"';
const DIRECT_TRIGGERS =
  'bear eyjh eyj0 eyjr eyjl eyjj eyj4 eyju eyj6 eyjp akia asia ---- ghp_ gho_ ghs_ ghu_ ghr_ gith glpa xoxb xoxp xoxa xoxs sk_l rk_l aiza npm_';

export type TriggerKind = 'key' | 'direct';

/** Triggers by their four folded bytes. */
const triggers = new Map<number, TriggerKind>();
for (const word of KEY_TRIGGERS.split(' ')) triggers.set(foldedFour(Buffer.from(word), 0), 'key');
for (const word of DIRECT_TRIGGERS.split(' ')) triggers.set(foldedFour(Buffer.from(word), 0), 'direct');

let set: ByteSet | undefined;

function triggerSet(): ByteSet {
  if (set !== undefined) return set;
  set = new ByteSet(secretScanner());
  for (const word of `${KEY_TRIGGERS} ${DIRECT_TRIGGERS}`.split(' ')) set.addPiece(Buffer.from(word), 0);
  return set;
}

function foldedFour(bytes: Uint8Array, at: number): number {
  return (
    (folded(bytes[at] ?? 0) << 24) |
    (folded(bytes[at + 1] ?? 0) << 16) |
    (folded(bytes[at + 2] ?? 0) << 8) |
    folded(bytes[at + 3] ?? 0)
  );
}

function folded(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

/**
 * Finds triggers in one pass.
 * @param onTrigger called with the place of each, in order
 */
export function scanTriggers(bytes: Uint8Array, onTrigger: (at: number, kind: TriggerKind) => void): void {
  const wanted = triggerSet();
  const { scanner } = wanted;
  scanner.load(bytes);
  let from = 0;
  for (let hits = MOST_HITS; hits === MOST_HITS;) {
    hits = wanted.pieces(bytes, from, bytes.length);
    for (let hit = 0; hit < hits; hit += 1) {
      const at = scanner.place(hit);
      verify(bytes, at, scanner.bits(hit), onTrigger);
      from = at + PIECE_LENGTH - 1;
    }
  }
}

function verify(
  bytes: Uint8Array,
  at: number,
  places: number,
  onTrigger: (at: number, kind: TriggerKind) => void,
): void {
  for (let place = PIECE_LENGTH - 2; place >= 0; place -= 1) {
    if ((places & (1 << place)) === 0 || at < place) continue;
    const kind = triggers.get(foldedFour(bytes, at - place));
    if (kind !== undefined) onTrigger(at - place, kind);
  }
}
