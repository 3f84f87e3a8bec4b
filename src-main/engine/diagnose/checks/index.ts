import type { Check } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { linuxChecks } from './linux/index.ts';
import { macosChecks } from './macos/index.ts';
import { linuxPerformanceChecks } from './performance/linux.ts';
import { macosPerformanceChecks } from './performance/macos.ts';
import { windowsPerformanceChecks } from './performance/windows.ts';
import { windowsChecks } from './windows/index.ts';

/** Every check of a host, by its system. Those of Yagura itself (`yagura/`) and of components ask others than the host. */
export const hostChecks: Readonly<Record<HostProbe['platform'], readonly Check[]>> = {
  linux: [...linuxChecks, ...linuxPerformanceChecks],
  darwin: [...macosChecks, ...macosPerformanceChecks],
  win32: [...windowsChecks, ...windowsPerformanceChecks],
};
