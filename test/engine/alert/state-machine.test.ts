import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { standingOf, stepLevel, QUIET_LEVEL, type LevelState } from '../../../src-main/engine/alert/level.ts';
import { CentreFixture, finding, MINUTE, SECOND, START } from './centre-fixture.ts';

const LIMIT = 80;
const CLEAR_LIMIT = 70;
const NO_DATA_MS = 60 * SECOND;

interface Point {
  time: number;
  value: number;
}
interface Timing {
  forMs: number;
  clearForMs: number;
  keepFiringForMs: number;
}

const timings = fc.record({
  forMs: fc.integer({ min: 0, max: 12 }).map((steps) => steps * 10 * SECOND),
  clearForMs: fc.integer({ min: 0, max: 8 }).map((steps) => steps * 10 * SECOND),
  keepFiringForMs: fc.integer({ min: 0, max: 12 }).map((steps) => steps * 10 * SECOND),
});
/** Runs of values beyond, between and behind the limits; some steps are sleeps of an hour. */
const histories = fc
  .array(
    fc.record({
      value: fc.constantFrom(95, 80, 75, 70, 20),
      repeat: fc.integer({ min: 1, max: 20 }),
      stepMs: fc.constantFrom(5 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND, 3_600_000),
    }),
    { maxLength: 12 },
  )
  .map((runs) => {
    const points: Point[] = [];
    let time = START;
    for (const { value, repeat, stepMs } of runs) {
      for (let index = 0; index < repeat; index += 1) {
        time += index === 0 ? stepMs : Math.min(stepMs, 20 * SECOND);
        points.push({ time, value });
      }
    }
    return points;
  });

/**
 * The reference: worked out afresh from all points so far, in seconds that were watched, without any carried clocks. Watched
 * time leaves out sleeps, so a run "without a break" is looked for within one waking stretch.
 */
function reference(points: Point[], timing: Timing): boolean[] {
  const watched: number[] = [];
  const stretch: number[] = [];
  for (const [index, point] of points.entries()) {
    const elapsed = index === 0 ? 0 : point.time - points[index - 1]!.time;
    const slept = elapsed > NO_DATA_MS;
    watched.push((watched[index - 1] ?? 0) + (slept ? 0 : elapsed));
    stretch.push((stretch[index - 1] ?? 0) + (slept ? 1 : 0));
  }
  /** Watched time for which `holds` has been true of every point up to `index`, within its stretch; -1: not even now. */
  const heldFor = (index: number, notBefore: number, holds: (value: number) => boolean): number => {
    let first = -1;
    for (let at = index; at >= notBefore && stretch[at] === stretch[index]; at -= 1) {
      if (!holds(points[at]!.value)) break;
      first = at;
    }
    return first < 0 ? -1 : watched[index]! - watched[first]!;
  };
  const answers: boolean[] = [];
  /** The point after which the last verdict was reached: earlier ones no longer count. */
  let decided = 0;
  let active = false;
  for (let index = 0; index < points.length; index += 1) {
    if (!active) {
      if (heldFor(index, decided, (value) => value >= LIMIT) >= timing.forMs) active = true;
    } else {
      const clearFor = heldFor(index, decided, (value) => value <= CLEAR_LIMIT);
      const lastBreach = points.slice(0, index + 1).findLastIndex((point) => point.value >= LIMIT);
      const held = watched[index]! - watched[lastBreach]! < timing.keepFiringForMs;
      if (clearFor >= timing.clearForMs && clearFor >= 0 && !held) {
        active = false;
        decided = index + 1;
      }
    }
    answers.push(active);
  }
  return answers;
}

describe('level', () => {
  test('any history, same verdicts as the reference', () => {
    fc.assert(
      fc.property(histories, timings, (points, timing) => {
        let state: LevelState = QUIET_LEVEL;
        let last: number | undefined;
        const answers = points.map(({ time, value }) => {
          const elapsed = last === undefined ? 0 : time - last;
          last = time;
          const standing = standingOf('above', value, LIMIT, CLEAR_LIMIT);
          state = stepLevel(state, standing, time, elapsed > NO_DATA_MS ? elapsed : 0, timing);
          return state.active;
        });
        expect(answers).toEqual(reference(points, timing));
      }),
      { numRuns: 1000 },
    );
  });

  test('a rule for too little, mirrors one for too much', () => {
    expect(standingOf('below', 2, 2, 3)).toBe('beyond');
    expect(standingOf('below', 2.5, 2, 3)).toBe('band');
    expect(standingOf('below', 3, 2, 3)).toBe('clear');
  });
});

describe('restart', () => {
  /** One step of a day: values, findings, acts of a person. */
  type Step =
    | { kind: 'value'; value: number | undefined; times: number }
    | { kind: 'finding'; id: number }
    | { kind: 'acknowledge' | 'resolve' };

  const steps = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('value' as const),
        value: fc.constantFrom(96, 87, 82, 50, undefined),
        times: fc.integer({ min: 1, max: 30 }),
      }),
      fc.record({ kind: fc.constant('finding' as const), id: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ kind: fc.constantFrom('acknowledge' as const, 'resolve' as const) }),
    ),
    { minLength: 1, maxLength: 8 },
  );

  /** Seconds without a value, at most. */
  function longestSilence(script: Step[]): number {
    let longest = 0;
    let silent = 0;
    for (const step of script) {
      if (step.kind !== 'value') silent += 1;
      else silent = step.value === undefined ? silent + 5 * step.times : 0;
      longest = Math.max(longest, silent);
    }
    return longest;
  }

  async function live(script: Step[], restartAt: (count: number) => boolean): Promise<unknown> {
    const fixture = new CentreFixture();
    let count = 0;
    const turn = async (): Promise<void> => {
      count += 1;
      for (let wait = 0; wait < 4; wait += 1) await Promise.resolve();
      if (restartAt(count)) fixture.restart();
    };
    try {
      for (const step of script) {
        if (step.kind === 'value') {
          for (let time = 0; time < step.times; time += 1) {
            fixture.now += 5 * SECOND;
            fixture.sample('host_memory_used_percent', step.value);
            await turn();
          }
          continue;
        }
        fixture.now += SECOND;
        const [first] = fixture.centre.active();
        if (step.kind === 'finding') {
          const detected = finding(`f${step.id}`, { addresses: [`10.0.0.${step.id % 2}`], time: START });
          fixture.centre.acceptFindings([detected]);
        } else if (first !== undefined) {
          if (step.kind === 'resolve') fixture.centre.resolve(first.id, 'mika');
          else fixture.centre.acknowledge(first.id, 'mika');
        }
        await turn();
      }
      const range = { from: START - MINUTE, to: fixture.now + MINUTE };
      const alerts = [...fixture.centre.active(), ...fixture.centre.history({ range, limit: 100 }).alerts];
      return {
        notices: fixture.notices,
        states: fixture.centre.rules().map(({ id, state }) => ({ id, state })),
        alerts: alerts.map(({ id }) => fixture.centre.detail(id)),
      };
    } finally {
      fixture.close();
    }
  }

  test('between repeats of an attack, the next one is noted no sooner than without', async () => {
    const script: Step[] = [2, 0, 4].map((id) => ({ kind: 'finding', id }));
    expect(await live(script, () => true)).toEqual(await live(script, () => false));
  });

  test('at any point, same alerts, events and notices as without', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 7 }), async (script, every) => {
        // Silence that is long enough to be told of counts from the restart on: before, nobody watched.
        fc.pre(longestSilence(script) < 115);
        expect(await live(script, (count) => count % every === 0)).toEqual(await live(script, () => false));
      }),
      { numRuns: 12 },
    );
  });
});
