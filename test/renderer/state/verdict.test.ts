import { describe, expect, it } from 'vitest';
import type { State } from '../../../src-preload/contract/shared.ts';
import { shareWell, verdictOf, wellSince, type Situation } from '../../../src-renderer/state/verdict.ts';
import { fakeAlerts, fakeStatus, type FakeState } from '../fake-data.ts';

const NOW = 1_763_603_000_000;
function situation(state: FakeState, changed: Partial<Situation> = {}): Situation {
  return {
    connection: 'up',
    status: fakeStatus(state, NOW),
    alerts: fakeAlerts(state, NOW),
    startedAt: NOW - 3_600_000,
    isNew: false,
    now: NOW,
    ...changed,
  };
}

describe('verdict', () => {
  it('counts what nobody has taken, and takes its state from the worst of that', () => {
    expect(verdictOf(situation('full'))).toEqual({ kind: 'act', state: 'critical', n: 2 });
  });

  it('is well when all is well', () => {
    expect(verdictOf(situation('allWell'))).toMatchObject({ kind: 'ok', state: 'ok' });
  });

  it('without an engine is blind, whatever was known before', () => {
    for (const state of ['full', 'allWell'] as const) {
      expect(verdictOf(situation(state, { connection: 'down' }))).toMatchObject({
        kind: 'blind',
        state: 'unknown',
      });
    }
  });

  it('before the first answer is starting, and never green', () => {
    expect(verdictOf(situation('allWell', { connection: 'starting', status: undefined }))).toMatchObject({
      kind: 'starting',
      state: 'unknown',
    });
  });

  it('is not well while a source cannot be seen', () => {
    const status = fakeStatus('full', NOW);
    const calm = { ...status, needsYou: 0, alerts: { critical: 0, error: 0, warning: 0, info: 0 } };
    expect(verdictOf(situation('full', { status: calm, alerts: [] }))).toEqual({
      kind: 'partial',
      state: 'unknown',
      n: 1,
    });
  });

  it('in the first minute of a new machine tells what was found, but not after a restart', () => {
    const young = { startedAt: NOW - 25_000 };
    expect(verdictOf(situation('first', { ...young, isNew: true })).kind).toBe('first');
    expect(verdictOf(situation('first', { ...young, isNew: false })).kind).toBe('ok');
    expect(verdictOf(situation('first', { startedAt: NOW - 61_000, isNew: true })).kind).toBe('ok');
  });

  it('with an attack in the first minute tells of the attack', () => {
    expect(verdictOf(situation('full', { startedAt: NOW - 25_000, isNew: true })).kind).toBe('act');
  });
});

describe('day ribbon', () => {
  const cells = (...states: State[]): { time: number; state: State }[] =>
    states.map((state, index) => ({ time: index * 300_000, state }));

  it('counts the share of watched time only', () => {
    expect(shareWell(cells('ok', 'unknown', 'critical', 'ok'))).toBeCloseTo(2 / 3);
    expect(shareWell(cells('unknown'))).toBeUndefined();
  });

  it('knows since when it has been quiet', () => {
    expect(wellSince(cells('ok', 'critical', 'ok', 'ok'))).toBe(600_000);
    expect(wellSince(cells('ok', 'critical'))).toBeUndefined();
    expect(wellSince(cells('ok', 'ok'))).toBeUndefined();
  });
});
