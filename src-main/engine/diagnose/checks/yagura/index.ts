import { dataChecks } from './data.ts';
import { detectionChecks } from './detection.ts';
import type { YaguraCheck } from './facts.ts';
import { storeChecks } from './store.ts';
import { watchingChecks } from './watching.ts';

/** Checks of Yagura itself, the same on every system. */
export const yaguraChecks: readonly YaguraCheck[] = [
  ...storeChecks,
  ...detectionChecks,
  ...dataChecks,
  ...watchingChecks,
];
