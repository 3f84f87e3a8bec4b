import { expect, test } from 'vitest';
import { emptyEvent } from '../../../src-main/engine/detect/intrusion/behaviour-event.ts';
import type { BehaviourEvent } from '../../../src-main/engine/detect/intrusion/behaviour-event.ts';
import type { BucketRule } from '../../../src-main/engine/detect/intrusion/rule-schema.ts';
import { loadRules } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { numbersOf, SuccessTable } from '../../../src-main/engine/detect/intrusion/success-table.ts';

const MINUTE = 60_000;
/** By user and service, 30 minutes. */
const RULE = ruleOf('auth.brute-force.distributed');

function ruleOf(id: string): BucketRule {
  const found = loadRules('resources').rules.buckets.find(({ rule }) => rule.id === id);
  if (found === undefined) throw new Error(`no rule ${id}`);
  return found.rule;
}

function signIn(time: number, user: string, service = 'sshd'): BehaviourEvent {
  return { ...emptyEvent(), kind: 'auth_success', time, user, service };
}

function add(table: SuccessTable, event: BehaviourEvent): void {
  table.add(numbersOf(event), event.time);
}

test('sign-ins of a group, counted apart from other users and services', () => {
  const table = new SuccessTable(RULE, 10);
  for (let minute = 0; minute < 5; minute += 1) add(table, signIn(minute * MINUTE, 'mia'));
  add(table, signIn(MINUTE, 'mia', 'dovecot'));
  add(table, signIn(MINUTE, 'noah'));
  expect(table.count(signIn(5 * MINUTE, 'mia'), 5 * MINUTE)).toBe(5);
  expect(table.count(signIn(5 * MINUTE, 'noah'), 5 * MINUTE)).toBe(1);
  expect(table.count(signIn(5 * MINUTE, 'mia', 'dovecot'), 5 * MINUTE)).toBe(1);
  expect(table.count(signIn(5 * MINUTE, 'ren'), 5 * MINUTE)).toBe(0);
});

test('sign-ins older than the window, not counted when nothing came since', () => {
  const table = new SuccessTable(RULE, 10);
  for (let minute = 0; minute < 5; minute += 1) add(table, signIn(minute * MINUTE, 'mia'));
  expect(table.count(signIn(0, 'mia'), 20 * MINUTE)).toBe(5);
  expect(table.count(signIn(0, 'mia'), 60 * MINUTE)).toBe(0);
});

test('an event without a user, in no group by user', () => {
  const table = new SuccessTable(RULE, 10);
  add(table, signIn(0, ''));
  expect(table.count(signIn(0, ''), MINUTE)).toBe(0);
});

test('groups nobody signed in to within the window, leave their room to others', () => {
  const table = new SuccessTable(RULE, 100);
  for (let user = 0; user < 60; user += 1) add(table, signIn(0, `yesterday${user}`));
  for (let minute = 60; minute < 65; minute += 1) add(table, signIn(minute * MINUTE, 'mia'));
  for (let user = 0; user < 60; user += 1) add(table, signIn(65 * MINUTE, `user${user}`));
  expect(table.count(signIn(0, 'mia'), 66 * MINUTE)).toBe(5);
  expect(table.count(signIn(0, 'user0'), 66 * MINUTE)).toBe(1);
  expect(table.count(signIn(0, 'user59'), 66 * MINUTE)).toBe(1);
  expect(table.dropped).toBe(0);
});

test('more groups in the window than there is room for, those quiet the longest are dropped and told', () => {
  const table = new SuccessTable(RULE, 100);
  for (let user = 0; user < 250; user += 1) {
    add(table, signIn(user * 1000, `user${user}`));
    add(table, signIn(user * 1000, 'mia'));
  }
  expect(table.count(signIn(0, 'mia'), 5 * MINUTE)).toBe(250);
  expect(table.count(signIn(0, 'user249'), 5 * MINUTE)).toBe(1);
  expect(table.count(signIn(0, 'user0'), 5 * MINUTE)).toBe(0);
  expect(table.dropped).toBeGreaterThanOrEqual(151);
  expect(table.dropped).toBeLessThan(180);
});

test('a saved table, loaded, counts on', () => {
  const table = new SuccessTable(RULE, 10);
  add(table, signIn(0, 'mia'));
  add(table, signIn(0, 'noah'));
  const restored = new SuccessTable(RULE, 10);
  restored.load(structuredClone(table.save()));
  add(restored, signIn(MINUTE, 'noah'));
  expect(restored.count(signIn(0, 'mia'), MINUTE)).toBe(1);
  expect(restored.count(signIn(0, 'noah'), MINUTE)).toBe(2);
});
