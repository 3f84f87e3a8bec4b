import { MOST_HITS } from '../../flow/byte-scan.ts';
import type { SecretScanner } from './scanner.ts';

/**
 * Four bytes that begin, or stand in, whatever may be a secret, in lower case. Grouped so that few other places of a log
 * look like them: by merging, one after another, those groups that let the fewest more of an access and a sign-in log
 * through (one place in a hundred, most of them words of this list).
 */
export const TRIGGERS = [
  'priv jwt" eyj4 eyju',
  'cvc: sign ---- ghp_',
  'pass pswd psw: pwd" gho_ ghs_ ghu_ ghr_',
  'sig= sig" eyj6 eyjp otp= otp" otp: cvv= cvv" cvv: cvc= cvc"',
  'akia asia xoxb xoxp gith glpa xoxa xoxs',
  'cred apik jwt= jwt: pwd= cook psw= psw" auth sid" sk_l rk_l',
  'pwd: pwd% toke secr skey sess sid= sid:',
  'aiza npm_ api_ _key eyj0 eyjr bear eyjh api- -key eyjl eyjj',
].map((group) => group.split(' '));
/** Those that begin a token known by its form; the others are names that must be followed by a value. */
const DIRECT = new Set(
  'bear eyjh eyj0 eyjr eyjl eyjj eyj4 eyju eyj6 eyjp akia asia ---- ghp_ gho_ ghs_ ghu_ ghr_ gith glpa xoxb xoxp xoxa xoxs sk_l rk_l aiza npm_'.split(
    ' ',
  ),
);

export type TriggerKind = 'key' | 'direct';

/** Triggers by their four folded bytes. */
const kinds = new Map<number, TriggerKind>(
  TRIGGERS.flat().map((word) => [foldedFour(Buffer.from(word), 0), DIRECT.has(word) ? 'direct' : 'key']),
);

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
export function scanTriggers(
  bytes: Uint8Array,
  { bytes: scanner, triggers }: SecretScanner,
  onTrigger: (at: number, kind: TriggerKind) => void,
): void {
  scanner.hold(bytes);
  let next = 0;
  for (let hits = MOST_HITS; hits === MOST_HITS;) {
    hits = triggers.words(bytes, next, bytes.length);
    for (let hit = 0; hit < hits; hit += 1) {
      const at = scanner.place(hit);
      const kind = kinds.get(foldedFour(bytes, at));
      if (kind !== undefined) onTrigger(at, kind);
      next = at + 1;
    }
  }
}
