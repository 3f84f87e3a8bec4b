import type { Check } from '../../check.ts';

export const linuxPerformanceChecks: readonly Check[] = [];
