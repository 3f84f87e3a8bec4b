import type { RuleFileProblem } from '../../../../src-preload/contract/threats.ts';
import { EVENT_FLAG, EVENT_KINDS } from '../../flow/event-batch.ts';
import { createBehaviour } from './behaviour.ts';
import { stableHash } from './byte-classes.ts';
import { ByteScanner } from '../../flow/byte-scan.ts';
import { createClassifier } from './classify.ts';
import { EventBatchBuilder, type EventRow } from './event-batch-builder.ts';
import { targetFlags } from './request-meaning.ts';
import type { AuthRule, BucketRule, FixtureEvent, LineRule } from './rule-schema.ts';
import type { LoadedRule } from './rule-file.ts';
import type { CompiledBucketRule, RuleSet } from './rule-set.ts';
import { TextView } from './text-view.ts';
import type { CompiledLineRule } from './line-rules.ts';
import type { CompiledAuthRule } from './auth-rules.ts';

type Group = 'hits' | 'misses' | 'nearMisses';
const GROUPS: readonly Group[] = ['hits', 'misses', 'nearMisses'];

/**
 * Tries every fixture of every rule of one origin and names those that do not hold: hits must match, misses and near
 * misses must not.
 */
export function checkFixtures(rules: RuleSet, origin: LoadedRule['origin']): RuleFileProblem[] {
  const problems: RuleFileProblem[] = [];
  for (const compiled of rules.lines) {
    if (compiled.loaded.origin === origin) problems.push(...checkLine(compiled));
  }
  for (const compiled of rules.auth) {
    if (compiled.loaded.origin === origin) problems.push(...checkAuth(compiled, rules));
  }
  for (const compiled of rules.buckets) {
    if (compiled.loaded.origin === origin) problems.push(...checkBucket(compiled, rules));
  }
  return problems;
}

/** How many fixtures a rule carries. */
export function fixtureCount(rule: LineRule | AuthRule | BucketRule): number {
  return GROUPS.reduce((sum, group) => sum + rule.fixtures[group].length, 0);
}

function checkLine(compiled: CompiledLineRule): RuleFileProblem[] {
  const { rule, loaded } = compiled;
  return GROUPS.flatMap((group) =>
    rule.fixtures[group].flatMap((fixture, index) => {
      const matched = compiled.find(new TextView(fixture.in, fixture.text)) !== undefined;
      return matched === (group === 'hits') ? [] : [problem(loaded, group, index, fixture.text)];
    }),
  );
}

/** Rules are tried in the order of the whole set, as they will be: an earlier one may take the message. */
function checkAuth({ rule, loaded }: CompiledAuthRule, rules: RuleSet): RuleFileProblem[] {
  const classifier = createClassifier(rules.auth, new ByteScanner());
  return GROUPS.flatMap((group) =>
    rule.fixtures[group].flatMap((fixture, index) => {
      const about = classifier.about(fixture.program.toLowerCase());
      const meaning = about.classify(fixture.message, about.gate.candidates(fixture.message));
      const matched = rule.event === 'ignore' ? meaning === undefined : meaning?.rule.id === rule.id;
      const right =
        group !== 'hits' ||
        ((fixture.address === undefined || meaning?.address === fixture.address) &&
          (fixture.user === undefined || meaning?.user === fixture.user));
      // What an `ignore` rule does not take may still mean nothing: only its hits tell.
      if (rule.event === 'ignore' && group !== 'hits') return [];
      return matched === (group === 'hits') && right ? [] : [problem(loaded, group, index, fixture.message)];
    }),
  );
}

function checkBucket(compiled: CompiledBucketRule, rules: RuleSet): RuleFileProblem[] {
  const { rule, loaded } = compiled;
  return GROUPS.flatMap((group) =>
    rule.fixtures[group].flatMap((fixture, index) => {
      const found = playEvents({ ...rules, buckets: [compiled] }, fixture.events);
      return found === (group === 'hits') ? [] : [problem(loaded, group, index, fixture.name)];
    }),
  );
}

const START = Date.UTC(2026, 0, 5, 8);

/** Runs events through a behaviour that knows one rule. @returns whether it raised a finding */
function playEvents(rules: RuleSet, events: readonly FixtureEvent[]): boolean {
  const builder = new EventBatchBuilder('fixture', 1, rules.version, 256);
  let time = START;
  let offset = 0;
  for (const event of events) {
    time += event.after ?? 0;
    for (let repeat = 1; repeat <= event.times; repeat += 1) {
      const filled = (text: string): string => text.replaceAll('{n}', String(repeat));
      const target = Buffer.from(filled(event.target));
      const question = target.indexOf('?');
      const pathEnd = question < 0 ? target.length : question;
      const slash = target.indexOf('/', 1);
      const row: EventRow = {
        time,
        offset,
        address: 0,
        otherAddress: 0,
        user: builder.intern(filled(event.user)),
        service: builder.intern(event.service),
        rule: builder.intern(ruleOf(rules, event)),
        text: 0,
        target: stableHash(target, 0, target.length),
        path: stableHash(target, 0, pathEnd),
        directory: stableHash(target, 0, slash > 0 && slash < pathEnd ? slash : pathEnd),
        agent: stableHash(Buffer.from(event.agent), 0, event.agent.length),
        status: event.status,
        kind: EVENT_KINDS.indexOf(event.kind),
        flags: (targetFlags(filled(event.target)) & ~EVENT_FLAG.signIn) | (event.weak ? EVENT_FLAG.weak : 0),
      };
      builder.setAddress(row, filled(event.address));
      builder.push(row);
      offset += 100;
      time += event.every;
    }
  }
  const behaviour = createBehaviour({ ...rules, lines: rules.lines });
  const found = [
    ...behaviour.process(builder.finish(), { readAt: time }),
    ...behaviour.finish({ readAt: time }),
  ];
  const wanted = rules.buckets[0]?.rule.id;
  return found.some((finding) => finding.ruleId === wanted);
}

/** A line rule of a type the bucket asks for, so that probes and attacks in fixtures have one. */
function ruleOf(rules: RuleSet, event: FixtureEvent): string {
  if (event.kind !== 'probe' && event.kind !== 'web_attack') return event.kind;
  const types = rules.buckets[0]?.rule.filter.types ?? [];
  const line = rules.lines.find(({ rule }) => types.length === 0 || types.includes(rule.type));
  return line?.rule.id ?? '';
}

function problem(loaded: LoadedRule, group: Group, index: number, text: string): RuleFileProblem {
  return {
    file: loaded.file,
    line: loaded.line,
    field: `fixtures.${group}.${index}`,
    message: {
      key: group === 'hits' ? 'detect.rule-file.fixture-missed' : 'detect.rule-file.fixture-hit',
      parameters: { id: loaded.rule.id, text: text.slice(0, 200) },
    },
  };
}
