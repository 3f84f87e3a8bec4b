import type { Check } from '../../check.ts';
import { accountChecks } from './accounts.ts';
import { kernelChecks } from './kernel.ts';
import { passwordChecks } from './passwords.ts';
import { permissionChecks } from './permissions.ts';
import { sshChecks } from './ssh.ts';

/** The checks of this system, a file per subject; a new subject is a new file and a line here. */
export const linuxChecks: readonly Check[] = [
  ...accountChecks,
  ...sshChecks,
  ...passwordChecks,
  ...permissionChecks,
  ...kernelChecks,
];
