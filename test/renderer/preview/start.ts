import type { DesktopApi } from '../../../src-preload/contract/desktop.ts';
import { ENGINE_PORT_MESSAGE } from '../../../src-preload/contract/desktop.ts';
import { i18n } from '../../../src-renderer/i18n.ts';
import { fakeDesktop } from '../fake-desktop.ts';
import type { FakeState } from '../fake-data.ts';
import { fakeEngine } from '../fake-engine.ts';
import { FAKE_SCHEDULES } from '../fake-reports.ts';

/*
 * Runs before the window's own script: gives the page a desktop with a made-up engine. Query: `state` (full, empty,
 * trouble, allWell, first), `lang`, `theme`, `mode` (demo, bundle), `welcome` for the first run, and `down` for an engine
 * that went away after three seconds.
 */
const STATES: FakeState[] = ['full', 'empty', 'trouble', 'allWell', 'first'];
const query = new URLSearchParams(location.search);
const state = STATES.find((each) => each === query.get('state')) ?? 'full';
const AWAY_AFTER_MS = 3000;

for (const locale of ['en', 'ja'] as const) {
  i18n.global.mergeLocaleMessage(locale, { fake: { text: '{words}' } });
}

const engine = fakeEngine({
  state,
  now: () => Date.now(),
  pushEveryMs: 1000,
  mode: (['demo', 'bundle'] as const).find((each) => each === query.get('mode')) ?? 'normal',
  settings: {
    display: { theme: query.get('theme') ?? 'dark', language: query.get('lang') ?? 'en' },
    desktop: { welcomed: query.get('welcome') === null },
    diagnosis: {
      components:
        state === 'empty' || state === 'first'
          ? []
          : [
              { kind: 'process', name: 'Order gateway: process', process: 'order-gateway', weight: 8 },
              { kind: 'port', name: 'Order gateway: FIX port', port: 9878, severity: 'critical', weight: 6 },
              { kind: 'command', name: 'GPU: driver answers', program: 'nvidia-smi', arguments: ['-L'] },
            ],
    },
    reports: { schedules: state === 'empty' || state === 'first' ? [] : FAKE_SCHEDULES },
  },
  locked: state === 'trouble' ? ['retention.audit.days', 'notifications.desktop'] : [],
});
const { onEnginePort, ...desktop } = fakeDesktop(engine);
onEnginePort((port) => {
  window.postMessage(ENGINE_PORT_MESSAGE, location.origin, [port]);
});
window.yagura = desktop satisfies DesktopApi;

if (query.get('down') !== null) {
  setTimeout(() => {
    desktop.setState({
      phase: 'down',
      since: Date.now(),
      attempt: 2,
      nextTryAt: Date.now() + 12_000,
      end: { kind: 'crashed', code: 137 },
    });
  }, AWAY_AFTER_MS);
}
