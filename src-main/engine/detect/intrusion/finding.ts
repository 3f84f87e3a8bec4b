import { hash } from 'node:crypto';
import type { Severity } from '../../../../src-preload/contract/shared.ts';
import type { Finding } from '../../../../src-preload/contract/threats.ts';
import { HISTORIC_AFTER_MS } from '../../flow/clock.ts';
import type { BucketEntry } from './behaviour-event.ts';
import type { Rule } from './rule-schema.ts';

/** Most evidence lines of one finding (contract). */
export const MAX_EVIDENCE = 20;
/** Most addresses of one finding: a distributed attack has thousands, a person reads the first. */
const MAX_FINDING_ADDRESSES = 1000;

const SEVERITY_WEIGHT: Readonly<Record<Severity, number>> = {
  critical: 90,
  error: 70,
  warning: 45,
  info: 20,
};

/**
 * The id derives from what was found where, so that reading the same bytes again gives the same finding.
 * @param key tells apart findings of one rule that one line completes for several groups
 */
export function findingId(rule: string, stream: number, offset: number, key: string): string {
  return hash('sha256', `${rule}\n${stream}\n${offset}\n${key}`).slice(0, 32);
}

/** Risk from 0 to 100 and its parts: severity × confidence, raised by repetition towards 100, never beyond. */
export function riskOf(rule: Rule, count: number): Pick<Finding, 'risk' | 'riskParts'> {
  const severity = SEVERITY_WEIGHT[rule.severity];
  const base = severity * rule.confidence;
  // A thousand repetitions close half of the gap to 100.
  const repetition = Math.min(0.5, Math.log10(Math.max(1, count)) / 6);
  return {
    risk: Math.round(base + (100 - base) * repetition),
    riskParts: { severity, confidence: rule.confidence, repetition: Math.round(repetition * 100) / 100 },
  };
}

/** A finding under way: raised, and growing while its group goes on. */
export interface OpenFinding {
  finding: Finding;
  /** Event time of the last event that counted. */
  last: number;
  /** The count at which the next update goes out. */
  nextUpdate: number;
  addresses: Set<string>;
  /** Changed since it was last given out. */
  changed: boolean;
}

/**
 * @param entries the events that count, oldest first; the last one completes the finding
 * @param readAt when the completing line was read
 */
export function raise(
  rule: Rule,
  key: string,
  entries: readonly BucketEntry[],
  count: number,
  addresses: Iterable<string>,
  readAt: number,
): OpenFinding | undefined {
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  const finding = findingOf(rule, key, entries, last, count, addresses, readAt);
  return {
    finding,
    last: last.time,
    nextUpdate: nextStep(count),
    addresses: new Set(finding.addresses),
    changed: false,
  };
}

/** A finding of events as it is when its last one completes it; parameters as of `raise`. */
export function findingOf(
  rule: Rule,
  key: string,
  entries: readonly BucketEntry[],
  last: BucketEntry,
  count: number,
  addresses: Iterable<string>,
  readAt: number,
): Finding {
  const set = new Set<string>();
  for (const address of addresses) if (address !== '' && set.size < MAX_FINDING_ADDRESSES) set.add(address);
  const list = [...set];
  const user = commonUser(entries);
  return {
    id: findingId(rule.id, last.stream, last.offset, key),
    ruleId: rule.id,
    type: rule.type,
    severity: rule.severity,
    confidence: rule.confidence,
    ...riskOf(rule, count),
    time: last.time,
    firstTime: entries.reduce((earliest, entry) => Math.min(earliest, entry.time), last.time),
    addresses: list,
    ...(user === undefined ? {} : { user }),
    sourceId: last.sourceId,
    offset: last.offset,
    count,
    summary: {
      key: `detect.finding.${SUMMARISED.has(rule.type) ? rule.type : 'other'}`,
      parameters: {
        rule: rule.id,
        type: rule.type,
        count,
        addresses: list.length,
        address: list[0] ?? '',
        user: user ?? '',
      },
    },
    evidence: entries.slice(-MAX_EVIDENCE).map(evidenceOf),
    mitre: rule.mitre,
    owasp: rule.owasp,
    historic: readAt - last.time > HISTORIC_AFTER_MS,
  };
}

/** Counts one more event. @returns whether the finding is due to be given out again */
export function extend(open: OpenFinding, entry: BucketEntry): boolean {
  const { finding } = open;
  finding.count += 1;
  open.last = Math.max(open.last, entry.time);
  open.changed = true;
  if (
    entry.address !== '' &&
    open.addresses.size < MAX_FINDING_ADDRESSES &&
    !open.addresses.has(entry.address)
  ) {
    open.addresses.add(entry.address);
    finding.addresses.push(entry.address);
  }
  if (entry.text !== '') {
    finding.evidence.push(evidenceOf(entry));
    if (finding.evidence.length > MAX_EVIDENCE) finding.evidence.shift();
  }
  if (finding.count < open.nextUpdate) return false;
  open.nextUpdate = nextStep(finding.count);
  return true;
}

/** The finding as it stands, safe to hand out: later events don't change it. */
export function snapshotOf(open: OpenFinding, rule: Rule): Finding {
  const { finding } = open;
  open.changed = false;
  return {
    ...finding,
    ...riskOf(rule, finding.count),
    addresses: [...finding.addresses],
    evidence: [...finding.evidence],
    summary: {
      key: finding.summary.key,
      parameters: {
        ...finding.summary.parameters,
        count: finding.count,
        addresses: finding.addresses.length,
      },
    },
  };
}

/** Types that have a sentence of their own in the locales. */
const SUMMARISED: ReadonlySet<string> = new Set([
  'sqli',
  'xss',
  'path_traversal',
  'cmdi',
  'java',
  'php',
  'ssti',
  'nodejs',
  'nosql',
  'ldap',
  'xxe',
  'ssrf',
  'rfi',
  'protocol_attack',
  'ssi',
  'sensitive_file',
  'brute_force',
  'credential_stuffing',
  'user_enumeration',
  'password_spraying',
  'flood',
  'ddos',
  'scan',
]);

function evidenceOf(entry: BucketEntry): Finding['evidence'][number] {
  return { time: entry.time, text: entry.text, sourceId: entry.sourceId, offset: entry.offset };
}

function commonUser(entries: readonly BucketEntry[]): string | undefined {
  const users = new Set<string>();
  for (const entry of entries) if (entry.user !== '') users.add(entry.user);
  const [user] = users;
  return users.size === 1 ? user : undefined;
}

/** 1, 2, 5, 10, 20, 50 …: updates get rarer as they get less new. */
function nextStep(count: number): number {
  let step = 1;
  for (;;) {
    for (const factor of [1, 2, 5]) if (step * factor > count) return step * factor;
    step *= 10;
  }
}
