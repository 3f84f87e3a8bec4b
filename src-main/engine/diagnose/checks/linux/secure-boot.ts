import type { Check } from '../../check.ts';
import { failed, notApplicable, passed, unknown, unreadable } from '../../verdict.ts';

const FIRMWARE = '/sys/firmware/efi';
/** Name and vendor (EFI_GLOBAL_VARIABLE) of the variable: UEFI Specification, 3.3. */
const VARIABLE = `${FIRMWARE}/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c`;
/** Four bytes of attributes go before the value: kernel documentation, filesystems/efivarfs. */
const VALUE_AT = 4;

/** Firmware that starts only what is signed. Machines that start without UEFI can't. */
const secureBoot: Check = {
  id: 'KRN-14',
  subject: 'kernel',
  score: 'security',
  weight: 3,
  severity: 'warning',
  minutes: 30,
  references: ['UEFI Specification, Secure Boot and Driver Signing', 'NIST SP 800-53 SI-7'],
  async look(host) {
    const firmware = await host.stat(FIRMWARE);
    if (!firmware.ok) return firmware.why === 'absent' ? notApplicable() : unknown(firmware, FIRMWARE);
    const variable = await host.read(VARIABLE);
    if (!variable.ok) return unknown(variable, VARIABLE);
    const value = variable.value.charCodeAt(VALUE_AT);
    const lockdown = await host.read('/sys/kernel/security/lockdown');
    const evidence = [
      { text: `SecureBoot ${value}`, place: VARIABLE },
      ...(lockdown.ok
        ? [{ text: `lockdown ${lockdown.value.trim()}`, place: '/sys/kernel/security/lockdown' }]
        : []),
    ];
    if (value === 1) return passed(evidence);
    return value === 0 ? failed(evidence) : unreadable(VARIABLE, `${variable.value.length} bytes`);
  },
};

export const secureBootChecks: readonly Check[] = [secureBoot];
