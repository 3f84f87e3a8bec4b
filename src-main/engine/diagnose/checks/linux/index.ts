import type { Check } from '../../check.ts';

/** The checks of this system, a file per subject; a new subject is a new file and a line here. */
export const linuxChecks: readonly Check[] = [];
