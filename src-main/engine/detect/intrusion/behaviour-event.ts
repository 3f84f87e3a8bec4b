import { EVENT_FLAG, EVENT_KINDS, type EventBatch, type EventKind } from '../../flow/event-batch.ts';
import type { GroupKey } from './group-map.ts';
import type { BucketRule, Dimension } from './rule-schema.ts';

/** One event as buckets see it. Reused for every row of a batch: copy what is kept. */
export interface BehaviourEvent {
  time: number;
  offset: number;
  stream: number;
  sourceId: string;
  kind: EventKind;
  address: string;
  /** The bits of the address; 0 where it is no IPv4. */
  ipv4: number;
  user: string;
  service: string;
  rule: string;
  text: string;
  target: number;
  path: number;
  directory: number;
  agent: number;
  status: number;
  flags: number;
  /** The same attempt was already told by another line. */
  repeated: boolean;
  /** Several people have signed in from the address. */
  shared: boolean;
  /** Somebody has been answered from this directory before. */
  knownDirectory: boolean;
  /** Type of the rule that matched, empty for a plain request. */
  type: string;
  /** The row of the address; -1 where there is none. */
  slot: number;
  /** The copy that buckets keep, made once it is needed. */
  entry: BucketEntry | undefined;
}

/** What a bucket keeps of an event. */
export interface BucketEntry {
  time: number;
  offset: number;
  stream: number;
  sourceId: string;
  address: string;
  user: string;
  service: string;
  text: string;
  target: number;
  path: number;
  directory: number;
  agent: number;
  status: number;
  flags: number;
}

/** Reads all but the address, and what is known of it. */
export function readEvent(batch: EventBatch, at: number, event: BehaviourEvent): void {
  const strings = batch.strings;
  event.time = batch.times[at] ?? 0;
  event.offset = batch.offsets[at] ?? 0;
  event.stream = batch.stream;
  event.sourceId = batch.sourceId;
  event.kind = EVENT_KINDS[batch.kinds[at] ?? 0] ?? 'request';
  event.user = strings[batch.users[at] ?? 0] ?? '';
  event.service = strings[batch.services[at] ?? 0] ?? '';
  event.rule = strings[batch.rulesOf[at] ?? 0] ?? '';
  event.text = strings[batch.texts[at] ?? 0] ?? '';
  event.target = batch.targets[at] ?? 0;
  event.path = batch.paths[at] ?? 0;
  event.directory = batch.directories[at] ?? 0;
  event.agent = batch.agents[at] ?? 0;
  event.status = batch.statuses[at] ?? 0;
  event.flags = batch.flags[at] ?? 0;
  event.entry = undefined;
}

export function emptyEvent(): BehaviourEvent {
  return {
    time: 0,
    offset: 0,
    stream: 0,
    sourceId: '',
    kind: 'request',
    address: '',
    ipv4: 0,
    user: '',
    service: '',
    rule: '',
    text: '',
    target: 0,
    path: 0,
    directory: 0,
    agent: 0,
    status: 0,
    flags: 0,
    repeated: false,
    shared: false,
    knownDirectory: false,
    type: '',
    slot: -1,
    entry: undefined,
  };
}

/** One copy of an event for all that keep it. */
export function sharedEntry(event: BehaviourEvent): BucketEntry {
  return (event.entry ??= entryOf(event));
}

function entryOf(event: BehaviourEvent): BucketEntry {
  return {
    time: event.time,
    offset: event.offset,
    stream: event.stream,
    sourceId: event.sourceId,
    address: event.address,
    user: event.user,
    service: event.service,
    text: event.text,
    target: event.target,
    path: event.path,
    directory: event.directory,
    agent: event.agent,
    status: event.status,
    flags: event.flags,
  };
}

/** The value of a dimension, or undefined where the event has none: it then counts for no group of that dimension. */
export function dimensionOf(
  event: BucketEntry | BehaviourEvent,
  dimension: Dimension,
): string | number | undefined {
  switch (dimension) {
    case 'address':
      return event.address === '' ? undefined : event.address;
    case 'user':
      return event.user === '' ? undefined : event.user;
    case 'service':
      return event.service;
    case 'target':
      return event.target === 0 ? undefined : event.target;
    case 'directory':
      return event.directory === 0 ? undefined : event.directory;
    case 'agent':
      return event.agent;
  }
}

/** What the event's group goes by under a rule; undefined where it belongs to none. */
export function groupOf(event: BehaviourEvent, rule: BucketRule): GroupKey | undefined {
  const [first, second] = rule.group_by;
  if (first === undefined) return '';
  // Nearly every event asks this of every rule by address: no new string for it.
  if (second === undefined && first === 'address' && event.ipv4 !== 0) return event.ipv4;
  if (second === undefined) return dimensionOf(event, first)?.toString();
  let key = '';
  for (const dimension of rule.group_by) {
    const value = dimensionOf(event, dimension);
    if (value === undefined) return undefined;
    key += `${value}\u0000`;
  }
  return key;
}

/** Whether a rule counts an event. */
export function accepts(rule: BucketRule, event: BehaviourEvent): boolean {
  const filter = rule.filter;
  if (!filter.kinds.includes(event.kind)) return false;
  const weak = (event.flags & EVENT_FLAG.weak) !== 0;
  if (filter.strength !== 'any' && weak !== (filter.strength === 'weak')) return false;
  if (filter.pages && (event.flags & EVENT_FLAG.asset) !== 0) return false;
  if (filter.unshared && event.shared) return false;
  if (filter.unknown_directory && event.knownDirectory) return false;
  if (filter.types.length > 0 && !filter.types.includes(event.type)) return false;
  if (filter.services.length > 0 && !filter.services.includes(event.service)) return false;
  if (filter.except_services.includes(event.service)) return false;
  if (filter.status.length === 0) return true;
  const status = String(event.status);
  return filter.status.some(
    (wanted) => wanted === status || (wanted.endsWith('xx') && wanted[0] === status[0]),
  );
}
