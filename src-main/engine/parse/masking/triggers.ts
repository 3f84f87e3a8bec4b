/**
 * Four bytes that begin, or stand in, whatever may be a secret, in lower case. `key`: a name that must be followed by a
 * value; `direct`: the beginning of a token that is known by its form.
 */
const KEY_TRIGGERS =
  'pass pswd psw= psw" psw: pwd= pwd" pwd: pwd% toke secr cred apik api_ api- _key -key skey auth cook sess sid= sid" sid: priv jwt= jwt" jwt: otp= otp" otp: cvv= cvv" cvv: cvc= cvc" cvc: sign sig= sig"';
const DIRECT_TRIGGERS =
  'bear eyjh eyj0 eyjr eyjl eyjj eyj4 eyju eyj6 eyjp akia asia ---- ghp_ gho_ ghs_ ghu_ ghr_ gith glpa xoxb xoxp xoxa xoxs sk_l rk_l aiza npm_';

export type TriggerKind = 'key' | 'direct';

/** By two neighbouring bytes' low five bits: at which places (bits 0–2) of a trigger they may stand. */
const pairs = new Uint8Array(1024);
/** By three neighbouring bytes' low five bits: at which places (bits 0 and 1) of a trigger they may stand. */
const triples = new Uint8Array(32_768);
/** Triggers by their four folded bytes. */
const triggers = new Map<number, TriggerKind>();

for (const [words, kind] of [
  [KEY_TRIGGERS, 'key'],
  [DIRECT_TRIGGERS, 'direct'],
] as const) {
  for (const word of words.split(' ')) {
    const bytes = Buffer.from(word);
    triggers.set(foldedFour(bytes, 0), kind);
    for (let place = 0; place < 3; place += 1) {
      const pair = pairAt(bytes, place);
      pairs[pair] = (pairs[pair] ?? 0) | (1 << place);
    }
    for (let place = 0; place < 2; place += 1) {
      const triple = (pairAt(bytes, place) << 5) | ((bytes[place + 2] ?? 0) & 31);
      triples[triple] = (triples[triple] ?? 0) | (1 << place);
    }
  }
}

function pairAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) & 31) << 5) | ((bytes[at + 1] ?? 0) & 31);
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
 * Finds triggers in one pass that looks at every third place only: of a trigger's three pairs of bytes one always stands
 * at such a place. Four times as fast as looking for each in turn.
 * @param onTrigger called with the place of each, in order
 */
export function scanTriggers(bytes: Uint8Array, onTrigger: (at: number, kind: TriggerKind) => void): void {
  const end = bytes.length - 1;
  for (let at = 0; at < end; at += 3) {
    const pair = (((bytes[at] ?? 0) & 31) << 5) | ((bytes[at + 1] ?? 0) & 31);
    const places = pairs[pair] ?? 0;
    if (places === 0) continue;
    // Common letters make common pairs: the byte behind or before rules nearly all of them out.
    const behind = triples[(pair << 5) | ((bytes[at + 2] ?? 0) & 31)] ?? 0;
    const before = triples[(((bytes[at - 1] ?? 0) & 31) << 10) | pair] ?? 0;
    const possible = places & (behind | ((before & 2) << 1));
    if (possible !== 0) verify(bytes, at, possible, onTrigger);
  }
}

function verify(
  bytes: Uint8Array,
  at: number,
  places: number,
  onTrigger: (at: number, kind: TriggerKind) => void,
): void {
  for (let place = 2; place >= 0; place -= 1) {
    if ((places & (1 << place)) === 0 || at < place) continue;
    const kind = triggers.get(foldedFour(bytes, at - place));
    if (kind !== undefined) onTrigger(at - place, kind);
  }
}
