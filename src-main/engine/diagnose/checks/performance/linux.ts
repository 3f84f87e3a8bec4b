import type { Check } from '../../check.ts';
import { memoryChecks } from './linux/memory.ts';
import { processorChecks } from './linux/processor.ts';
import { storageChecks } from './linux/storage.ts';
import { systemChecks } from './linux/system.ts';

/** How fit a Linux machine is: from /proc and /sys, and from the engine's own metrics where it has measured. */
export const linuxPerformanceChecks: readonly Check[] = [
  ...processorChecks,
  ...memoryChecks,
  ...storageChecks,
  ...systemChecks,
];
