import type { Check } from '../../check.ts';
import { accountChecks } from './accounts.ts';
import { certificateChecks } from './certificates.ts';
import { clockChecks } from './clock.ts';
import { diskChecks } from './disks.ts';
import { firewallChecks } from './firewall.ts';
import { foundFileChecks } from './found-files.ts';
import { kernelChecks } from './kernel.ts';
import { loggingChecks } from './logging.ts';
import { nameChecks } from './names.ts';
import { networkChecks } from './network.ts';
import { passwordChecks } from './passwords.ts';
import { permissionChecks } from './permissions.ts';
import { secureBootChecks } from './secure-boot.ts';
import { serviceChecks } from './services.ts';
import { sshChecks } from './ssh.ts';
import { sshKeyChecks } from './ssh-keys.ts';
import { updateChecks } from './updates.ts';

/** The checks of this system, a file per subject; a new subject is a new file and a line here. */
export const linuxChecks: readonly Check[] = [
  ...accountChecks,
  ...sshChecks,
  ...sshKeyChecks,
  ...passwordChecks,
  ...permissionChecks,
  ...foundFileChecks,
  ...firewallChecks,
  ...networkChecks,
  ...serviceChecks,
  ...kernelChecks,
  ...secureBootChecks,
  ...updateChecks,
  ...diskChecks,
  ...clockChecks,
  ...nameChecks,
  ...certificateChecks,
  ...loggingChecks,
];
