import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineState } from '../../src-preload/contract/desktop.ts';
import { SEVERITIES, type State } from '../../src-preload/contract/shared.ts';
import { hasTrayHost } from '../../src-main/app/tray-host.ts';
import { trayFace } from '../../src-main/app/tray-face.ts';

const up: EngineState = { phase: 'up', generation: 1, attached: false };
const none = { critical: 0, error: 0, warning: 0, info: 0 };

describe('face', () => {
  test.each<[string, EngineState, Parameters<typeof trayFace>[1], State, string]>([
    ['all well', up, { state: 'ok', alerts: none }, 'ok', 'allWell'],
    [
      'the worst counts',
      up,
      { state: 'critical', alerts: { ...none, critical: 2, info: 9 } },
      'critical',
      'critical',
    ],
    ['only a warning', up, { state: 'warning', alerts: { ...none, warning: 1 } }, 'warning', 'warning'],
    ['no alert, but not everything is seen', up, { state: 'unknown', alerts: none }, 'unknown', 'look'],
    ['nothing heard yet', up, undefined, 'unknown', 'starting'],
    [
      'a silent engine makes no old state true',
      { phase: 'silent', generation: 1, since: 0 },
      { state: 'ok', alerts: none },
      'unknown',
      'notWatching',
    ],
    [
      'an engine that went away',
      { phase: 'down', since: 0, attempt: 2, nextTryAt: 1, end: { kind: 'crashed' } },
      { state: 'ok', alerts: none },
      'unknown',
      'notWatching',
    ],
  ])('%s', (_name, engine, status, icon, key) => {
    const face = trayFace(engine, status);
    expect(face.icon).toBe(icon);
    expect(face.line.key).toBe(`desktop.tray.${key}`);
  });

  test('every state has icons of two sizes, no two alike', () => {
    const folder = join(import.meta.dirname, '../../resources/icons/tray');
    const names = readdirSync(folder).sort();
    const states = [...SEVERITIES, 'ok', 'unknown'];
    expect(names).toEqual(states.flatMap((state) => [`${state}.png`, `${state}@2x.png`]).sort());
    const pictures = names.map((name) => readFileSync(join(folder, name)).toString('base64'));
    expect(new Set(pictures).size).toBe(names.length);
  });
});

describe('tray', () => {
  const answers = (given: Record<string, string | undefined>) => async (program: string) => {
    const answer = given[program];
    if (answer === undefined) throw new Error('ENOENT');
    return answer;
  };

  test.each<[string, Record<string, string | undefined>, boolean]>([
    ['gdbus says so', { gdbus: '(true,)' }, true],
    ['gdbus says no', { gdbus: '(false,)' }, false],
    ['dbus-send says so', { 'dbus-send': 'method return time=1\n   boolean true' }, true],
    ['busctl says so', { busctl: 'b true' }, true],
    ['busctl says no', { busctl: 'b false' }, false],
    ['nobody can say', {}, false],
  ])('Linux: %s', async (_name, given, there) => {
    expect(await hasTrayHost('linux', answers(given))).toBe(there);
  });

  test.each(['win32', 'darwin'] as const)('%s always has one', async (platform) => {
    expect(await hasTrayHost(platform, answers({}))).toBe(true);
  });
});
