import { EVENT_FLAG } from '../../flow/event-batch.ts';
import { IDENTITY_MEMORY_MS, type AddressMemories } from './address-memory.ts';
import type { BucketEntry } from './behaviour-event.ts';
import { distinct, largestShare } from './list-bucket.ts';
import type { GuardName } from './rule-schema.ts';

/** What a guard judges: a full bucket of one address. */
export interface GuardedBucket {
  /** The row of the address; -1 where it is not known. */
  slot: number;
  /** What all addresses have asked for lately. */
  memories: AddressMemories;
  /** The events in the bucket; empty where it only counts. */
  entries: readonly BucketEntry[];
  /** Events in the bucket, its capacity and window. */
  count: number;
  capacity: number;
  errors: number;
  windowMs: number;
  now: number;
}

/** `wait`: not to be told yet, ask again when time has passed. */
export type Verdict = 'attack' | 'innocent' | 'wait';

/** How long a burst of many people's failures may take to turn into sign-ins. */
export const WAIT_MS = 60_000;

export const GUARD: Readonly<Record<GuardName, (bucket: GuardedBucket) => Verdict>> = {
  shared_address: sharedAddress,
  steady_client: steadyClient,
  busy_gateway: busyGateway,
  broken_links: brokenLinks,
};

/** Accounts of machines and roles: no person types their passwords in the morning, but every guesser tries them. */
const NOBODYS_NAMES: ReadonlySet<string> = new Set(
  (
    'root admin administrator test testuser guest user oracle postgres mysql ftp ftpuser www www-data apache nginx ' +
    'tomcat git nagios zabbix ubuntu centos debian ec2-user pi deploy jenkins hadoop spark elastic kafka redis mongo ' +
    'docker ansible vagrant backup support info sales webmaster postmaster mail daemon bin nobody operator service ' +
    'svc system sysadmin superuser sa demo default cisco ubnt student dev developer minecraft steam vnc sshd'
  ).split(' '),
);
/** Sign-ins this long before the first failure still speak for an address. */
const WINDOW_OF_SUCCESSES_MS = 600_000;
/** Different people who signed in from an address before it counts as shared. */
const PEOPLE_OF_SHARED = 3;
/** Failures of one user of a shared address that are no typing errors any more. */
const ONE_USER_FACTOR = 2;

/**
 * A gateway behind which many people mistype their passwords and then succeed. Told by who succeeded, not by a list.
 */
function sharedAddress(bucket: GuardedBucket): Verdict {
  const { slot, entries, now } = bucket;
  const { signIns } = bucket.memories;
  if (slot < 0 || entries.length === 0) return 'attack';
  const first = entries[0]?.time ?? now;
  const from = first - Math.max(bucket.windowMs, WINDOW_OF_SUCCESSES_MS);
  const successes = signIns.successesBetween(slot, from, now);
  const people = signIns.peopleSince(slot, now - IDENTITY_MEMORY_MS);
  const identity = (entry: BucketEntry): string | number => (entry.user === '' ? entry.agent : entry.user);
  const failing = distinct(entries, identity);
  const unknown = entries.filter((entry) => (entry.flags & EVENT_FLAG.unknownUser) !== 0).length;
  const nobodys = entries.filter((entry) => NOBODYS_NAMES.has(entry.user.toLowerCase())).length;
  const named = entries.some((entry) => entry.user !== '');
  const mostOfOne = largestShare(entries, identity) * entries.length;
  const mostlyIn =
    successes >= entries.length / 2 && (people >= 2 || (!named && successes >= PEOPLE_OF_SHARED));
  // Several known accounts failing a few times each may be a morning behind a gateway: their next attempt decides. One
  // account, or names that do not exist, need no waiting.
  const onceEach = named
    ? failing >= 2 && mostOfOne <= 3 && unknown + nobodys <= entries.length / 4
    : failing >= 2;
  const early = onceEach && now - first < WAIT_MS;
  if (people >= PEOPLE_OF_SHARED || mostlyIn) {
    // Two people may have the same browser, not the same name.
    if (named && mostOfOne >= bucket.capacity * ONE_USER_FACTOR) return 'attack';
    if (unknown > entries.length / 2 && successes < entries.length) return 'attack';
    if (entries.length <= successes * 1.5 + bucket.capacity) return 'innocent';
    return early ? 'wait' : 'attack';
  }
  if (early) return 'wait';
  return onceEach && successes >= entries.length / 2 ? 'innocent' : 'attack';
}

/** Minutes after which a client's own rate is its habit. */
const HABIT_MINUTES = 3;

/** A client that has asked as often for minutes: a poller, a health check, a display. */
function steadyClient(bucket: GuardedBucket): Verdict {
  if (bucket.slot < 0) return 'attack';
  const usual = bucket.memories.minutes.usualRate(bucket.slot, bucket.now);
  if (usual.minutes < HABIT_MINUTES) return 'attack';
  const perMinute = (bucket.count * 60_000) / bucket.windowMs;
  return perMinute < usual.perMinute * 3 ? 'innocent' : 'attack';
}

/** Many browsers behind one address, answered well: people, not a flood. */
function busyGateway(bucket: GuardedBucket): Verdict {
  if (bucket.slot < 0) return 'attack';
  const browsers = bucket.memories.browsers.since(bucket.slot, bucket.now - 600_000);
  return browsers >= 5 && bucket.errors / Math.max(1, bucket.count) < 0.2 ? 'innocent' : 'attack';
}

/** A visitor or crawler that finds most of what it asks for and some dead links. */
function brokenLinks(bucket: GuardedBucket): Verdict {
  if (bucket.slot < 0) return 'attack';
  return bucket.memories.minutes.errorShare(bucket.slot, bucket.now) < 0.6 ? 'innocent' : 'attack';
}
