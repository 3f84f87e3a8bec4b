/* Run as a child: delivers numbered findings until it is killed, and says after each that it was taken in. */
import { writeSync } from 'node:fs';
import { AlertCentre } from '../../../src-main/engine/alert/alert-centre.ts';
import { StateAlerts } from '../../../src-main/engine/store/state/alerts.ts';
import { FindingStore } from '../../../src-main/engine/store/state/findings.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';
import { StateValues } from '../../../src-main/engine/store/state/values.ts';
import { settingsSchema } from '../../../src-preload/contract/settings.ts';
import { BUILT_IN, finding } from './centre-fixture.ts';

const [, , directory = ''] = process.argv;
const clock = { now: () => Date.now() };
const database = openState(directory, { clock, onProblem: () => process.exit(3) });
const settings = settingsSchema.parse({});
const centre = new AlertCentre({
  store: new StateAlerts(database),
  findings: new FindingStore(database),
  audit: { record: () => undefined, head: () => ({ number: 0, hash: '' }) },
  values: new StateValues(database),
  clock,
  rules: BUILT_IN.rules,
  settings: () => settings,
  notify: () => Promise.resolve(),
  onChange: () => undefined,
  unwatched: () => [],
  watchesLogs: () => true,
});
for (let number = 0; ; number += 1) {
  // Every finding twice, as after a crash between taking it in and telling so.
  for (let delivery = 0; delivery < 2; delivery += 1) {
    centre.acceptFindings([finding(`k${number}`)]);
  }
  writeSync(1, `${number}\n`);
}
