import type { MaskKind } from './spans.ts';

/** Endings of names that hold secrets, lower case without `_`, `-` and `.`; the longest that fits decides. */
const ENDINGS: readonly (readonly [string, MaskKind])[] = [
  ['password', 'password'],
  ['passwd', 'password'],
  ['passphrase', 'password'],
  ['passcode', 'password'],
  ['pswd', 'password'],
  ['pwd', 'password'],
  ['passwordhash', 'password'],
  ['token', 'token'],
  ['jwt', 'token'],
  ['secret', 'secret'],
  ['secretkey', 'secret'],
  ['secretaccesskey', 'secret'],
  ['credential', 'secret'],
  ['credentials', 'secret'],
  ['apikey', 'key'],
  ['accesskey', 'key'],
  ['accesskeyid', 'key'],
  ['privatekey', 'key'],
  ['signingkey', 'key'],
  ['encryptionkey', 'key'],
  ['sharedkey', 'key'],
  ['authkey', 'key'],
  ['subscriptionkey', 'key'],
  ['masterkey', 'key'],
  ['sessionkey', 'key'],
  ['authorization', 'authorization'],
  ['cookie', 'cookie'],
  ['cookies', 'cookie'],
  ['sessionid', 'session'],
  ['sessid', 'session'],
  ['signature', 'signature'],
];

/** Names too short to be endings of others. */
const WHOLE: Record<string, MaskKind> = {
  pass: 'password',
  psw: 'password',
  sid: 'session',
  connectsid: 'session',
  sig: 'signature',
  otp: 'code',
  cvv: 'code',
  cvc: 'code',
};

/** Last parts of names such as `db_pass`. */
const LAST_PARTS: Record<string, MaskKind> = { pass: 'password', psw: 'password', pwd: 'password' };

/** Answers by name: logs write the same few thousands of times. */
const known = new Map<string, MaskKind | undefined>();
const MAX_KNOWN = 1000;

/** What a value under this name is, if it is secret. */
export function secretKind(name: string): MaskKind | undefined {
  const kind = known.get(name);
  if (kind !== undefined || known.has(name)) return kind;
  if (known.size >= MAX_KNOWN) known.clear();
  const found = kindOfName(name);
  known.set(name, found);
  return found;
}

function kindOfName(name: string): MaskKind | undefined {
  const lower = name.toLowerCase();
  const plain = lower.replace(/[-_.]/g, '');
  if (Object.hasOwn(WHOLE, plain)) return WHOLE[plain];
  const lastPart = /[^-_.]*$/.exec(lower)?.[0] ?? '';
  if (Object.hasOwn(LAST_PARTS, lastPart)) return LAST_PARTS[lastPart];
  return ENDINGS.find(([ending]) => plain.endsWith(ending))?.[1];
}
