import type { Message } from '../../../../src-preload/contract/shared.ts';
import type { Explanation, ExplainStep } from '../../../../src-preload/contract/threats.ts';
import { FIELD, FORMATS, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { createLineDetector, type LineMatch } from './line-detector.ts';
import type { RuleSet } from './rule-set.ts';
import { PLACES, TextView, type Place } from './text-view.ts';

/** How full the buckets of an address are, as `Behaviour.levels` tells; another thread may own them. */
export type BucketLevels = (
  address: string,
) => { rule: string; level: number; capacity: number; open: boolean }[];

const PLACE_FIELD: Readonly<Record<Place, FieldCode>> = {
  target: FIELD.target,
  agent: FIELD.agent,
  referer: FIELD.referer,
  message: FIELD.message,
};
/** Longest value shown. */
const MAX_SHOWN = 500;

/**
 * Works a line out as the pipeline would and shows each step; changes nothing.
 * @param batch the parsed line (the first of the batch)
 * @param levels asked for the buckets of the line's address; leave out where nothing is running
 */
export function explainLine(batch: ParsedBatch, rules: RuleSet, levels?: BucketLevels): Explanation {
  // What the line says by itself, before a rule reads more out of it.
  const parsed = parseStep(batch);
  const matches = createLineDetector(rules)
    .detect(batch)
    .matches.filter((match) => match.line === 0);
  const views = PLACES.flatMap((place) => {
    const raw = batch.field(0, PLACE_FIELD[place]);
    return raw === undefined ? [] : [new TextView(place, raw)];
  });
  const address = matches[0]?.address ?? batch.field(0, FIELD.address) ?? '';
  const event = eventOf(matches);
  return {
    steps: [
      parsed,
      normaliseStep(views),
      rulesStep(rules, matches),
      bucketStep(address, levels),
      decisionStep(event, matches, address),
    ],
    event,
    rules: triedRules(rules, views, matches),
  };
}

const step = (
  name: ExplainStep['step'],
  outcome: ExplainStep['outcome'],
  parameters: Message['parameters'],
  details: ExplainStep['details'],
): ExplainStep => ({
  step: name,
  outcome,
  summary: { key: `detect.explain.${name}.${outcome}`, parameters },
  details: details.map(({ name: label, value }) => ({ name: label, value: value.slice(0, MAX_SHOWN) })),
});

function parseStep(batch: ParsedBatch): ExplainStep {
  const details: ExplainStep['details'] = [];
  for (const [name, field] of Object.entries(FIELD)) {
    const value = batch.field(0, field);
    if (value !== undefined) details.push({ name, value });
  }
  const status = batch.statuses[0] ?? 0;
  if (status > 0) details.push({ name: 'status', value: String(status) });
  const time = batch.times[0] ?? Number.NaN;
  if (!Number.isNaN(time)) details.push({ name: 'time', value: new Date(time).toISOString() });
  const format = FORMATS[batch.formats[0] ?? 0] ?? 'text';
  return step('parse', format === 'text' ? 'none' : 'ok', { format }, details);
}

function normaliseStep(views: readonly TextView[]): ExplainStep {
  const changed = views.filter((view) => view.text !== view.raw.toLowerCase());
  return step(
    'normalise',
    changed.length > 0 ? 'ok' : 'none',
    { changed: changed.length },
    changed.map((view) => ({ name: view.place, value: view.text })),
  );
}

function rulesStep(rules: RuleSet, matches: readonly LineMatch[]): ExplainStep {
  return step(
    'rules',
    matches.length > 0 ? 'hit' : 'none',
    { tried: rules.lines.length + rules.auth.length, matched: matches.length },
    matches.map((match) => ({ name: match.rule, value: `${match.where}: ${match.text}` })),
  );
}

function bucketStep(address: string, levels: BucketLevels | undefined): ExplainStep {
  const buckets = address === '' || levels === undefined ? [] : levels(address);
  const open = buckets.some((bucket) => bucket.open);
  return step(
    'bucket',
    open ? 'hit' : buckets.length > 0 ? 'ok' : 'none',
    { address, buckets: buckets.length },
    buckets.map((bucket) => ({
      name: bucket.rule,
      value: `${Math.round(bucket.level * 10) / 10} / ${bucket.capacity}`,
    })),
  );
}

function decisionStep(event: string, matches: readonly LineMatch[], address: string): ExplainStep {
  const types = [...new Set(matches.map((match) => match.type))].join(', ');
  const attack = event === 'web_attack';
  return step('decision', attack ? 'hit' : event === '' ? 'none' : 'ok', { event, types, address }, []);
}

function eventOf(matches: readonly LineMatch[]): string {
  return (matches.find((match) => match.event === 'web_attack') ?? matches[0])?.event ?? '';
}

/** Every rule about single lines that concerns the fields the line has, and what it said. */
function triedRules(
  rules: RuleSet,
  views: readonly TextView[],
  matches: readonly LineMatch[],
): Explanation['rules'] {
  const tried: Explanation['rules'] = [];
  for (const { rule } of rules.lines) {
    if (!views.some((view) => rule.on.includes(view.place))) continue;
    tried.push(outcomeOf(rule.id, matches));
  }
  for (const match of matches) {
    if (!tried.some((one) => one.id === match.rule)) tried.push(outcomeOf(match.rule, matches));
  }
  return tried;
}

function outcomeOf(id: string, matches: readonly LineMatch[]): Explanation['rules'][number] {
  const match = matches.find((one) => one.rule === id);
  return match === undefined
    ? { id, matched: false }
    : { id, matched: true, where: match.where, text: match.text };
}
