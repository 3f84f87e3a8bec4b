/** Kinds of events by number, as `EventBatch.kinds` holds them. Index is what travels. */
export const EVENT_KINDS = [
  'request',
  'auth_failure',
  'auth_success',
  'access_denied',
  'probe',
  'web_attack',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Bits of `EventBatch.flags`. */
export const EVENT_FLAG = {
  /** A picture, style, script or font. */
  asset: 1,
  /** A failure that is a weak sign by itself. */
  weak: 2,
  /** The line came through a trusted proxy: `addresses` is the client behind it. */
  forwarded: 4,
  /** The account does not exist, as the server said. */
  unknownUser: 8,
  /** A sign-in path: a form, a token end point. */
  signIn: 16,
} as const;

/**
 * What behaviour needs to know of a batch of lines, as columns that can be handed to another thread without copying.
 * One line may give several events (a request that is also an attack of two kinds). In line order.
 */
export interface EventBatch {
  sourceId: string;
  stream: number;
  /** Version of the rule set that matched the lines. */
  rules: string;
  count: number;
  /** UTC milliseconds; never NaN: the caller has given every line a time. */
  times: Float64Array<ArrayBuffer>;
  /** Offset of the line in the stream. */
  offsets: Float64Array<ArrayBuffer>;
  /** IPv4 addresses as their 32 bits: nearly all there are. 0 where there is none, or one of `otherAddresses`. */
  addresses: Int32Array<ArrayBuffer>;
  /** Indexes into `strings`; 0 is the empty string. Addresses that are not IPv4, names of hosts. */
  otherAddresses: Uint32Array<ArrayBuffer>;
  users: Uint32Array<ArrayBuffer>;
  services: Uint32Array<ArrayBuffer>;
  /** The rule that matched, empty for a plain request. */
  rulesOf: Uint32Array<ArrayBuffer>;
  /** Evidence: the masked line, for what matched a rule; else empty. */
  texts: Uint32Array<ArrayBuffer>;
  /** Stable hashes. `targets` of the whole target, `paths` without its query, `directories` of its first directory. */
  targets: Int32Array<ArrayBuffer>;
  paths: Int32Array<ArrayBuffer>;
  directories: Int32Array<ArrayBuffer>;
  agents: Int32Array<ArrayBuffer>;
  statuses: Uint16Array<ArrayBuffer>;
  kinds: Uint8Array<ArrayBuffer>;
  flags: Uint8Array<ArrayBuffer>;
  strings: string[];
}

/** What to pass as the transfer list of `postMessage(batch, …)`. */
export function transferables(batch: EventBatch): ArrayBuffer[] {
  return [
    batch.times.buffer,
    batch.offsets.buffer,
    batch.addresses.buffer,
    batch.otherAddresses.buffer,
    batch.users.buffer,
    batch.services.buffer,
    batch.rulesOf.buffer,
    batch.texts.buffer,
    batch.targets.buffer,
    batch.paths.buffer,
    batch.directories.buffer,
    batch.agents.buffer,
    batch.statuses.buffer,
    batch.kinds.buffer,
    batch.flags.buffer,
  ];
}
