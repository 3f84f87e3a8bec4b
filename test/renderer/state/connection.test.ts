import { describe, expect, it } from 'vitest';
import type { EngineState } from '../../../src-preload/contract/desktop.ts';
import { Bridge } from '../../../src-renderer/bridge/index.ts';
import { connectionOf } from '../../../src-renderer/state/status.ts';
import { fakeDesktop } from '../fake-desktop.ts';

const down = (since: number, attempt: number): EngineState => ({
  phase: 'down',
  since,
  attempt,
  nextTryAt: since + 1000,
  end: { kind: 'crashed', code: 137 },
});

/** What the screens know after the desktop told these states, one after the other. */
function after(...states: EngineState[]): ReturnType<typeof connectionOf> {
  const desktop = fakeDesktop(undefined, { phase: 'starting', attempt: 1 });
  const bridge = new Bridge(desktop);
  for (const state of states) desktop.setState(state);
  return connectionOf(bridge.state.value, bridge.absence.value);
}

describe('the engine as screens see it', () => {
  it('is starting, not away, before it was ever there', () => {
    expect(after()).toMatchObject({ state: 'starting' });
  });

  it('stays away for the same reason and since the same moment while it starts again', () => {
    const seen = after({ phase: 'up', generation: 1, attached: false }, down(5000, 1), {
      phase: 'starting',
      attempt: 2,
    });
    expect(seen).toMatchObject({ state: 'down', since: 5000, attempt: 2, trying: true, end: { code: 137 } });
    expect(seen.nextTryAt).toBeUndefined();
  });

  it('is away since the first of several failures, and waits since the last', () => {
    const seen = after(down(5000, 1), { phase: 'starting', attempt: 2 }, down(9000, 2));
    expect(seen).toMatchObject({ since: 5000, waitingSince: 9000, attempt: 2, trying: false });
  });

  it('is away since it fell silent, also when it is ended for that', () => {
    const silent: EngineState = { phase: 'silent', generation: 1, since: 3000 };
    expect(after(silent)).toMatchObject({ state: 'down', since: 3000, silent: true });
    expect(after(silent, down(13_000, 1))).toMatchObject({ since: 3000, end: { kind: 'crashed' } });
  });

  it('forgets an absence once it is up', () => {
    const up: EngineState = { phase: 'up', generation: 2, attached: false };
    expect(after(down(5000, 1), up)).toEqual({ state: 'up', attempt: 0, trying: false });
    expect(after(down(5000, 1), up, down(8000, 1))).toMatchObject({ since: 8000 });
  });
});
