import type { Check } from '../../check.ts';

export const windowsPerformanceChecks: readonly Check[] = [];
