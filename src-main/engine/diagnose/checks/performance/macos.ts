import type { Check } from '../../check.ts';

export const macosPerformanceChecks: readonly Check[] = [];
