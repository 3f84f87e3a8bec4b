import { connection } from '../../../src-renderer/bridge/connection.ts';
import { i18n } from '../../../src-renderer/i18n.ts';
import { FAKE_NOW, type FakeState } from '../fake-data.ts';
import { fakeEngine } from '../fake-engine.ts';

const STATES: FakeState[] = ['full', 'empty', 'trouble', 'allWell', 'first'];
const query = new URLSearchParams(location.search);
const state = STATES.find((each) => each === query.get('state')) ?? 'full';

for (const locale of ['en', 'ja'] as const) {
  i18n.global.mergeLocaleMessage(locale, { fake: { text: '{words}' } });
}
if (query.get('down') !== null) {
  Object.assign(connection, { state: 'down', since: FAKE_NOW - 26_000, attempt: 2 });
}

export const client = fakeEngine({
  state,
  now: () => Date.now(),
  pushEveryMs: 1000,
  settings: { display: { theme: query.get('theme') ?? 'dark', language: query.get('lang') ?? 'en' } },
  locked: state === 'trouble' ? ['retention.audit.days', 'notifications.desktop'] : [],
});
