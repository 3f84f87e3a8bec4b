import type { ProbeAnswer, ProbeFailure } from '../host-probe.ts';

const WHY: Readonly<Record<string, ProbeFailure>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  ETIMEDOUT: 'timeout',
  EFBIG: 'tooLarge',
  ERR_CHILD_PROCESS_STDIO_MAXBUFFER: 'tooLarge',
};

/** An error of the file system or of a start of a program, as the probe answers it. A RangeError is ours: too large. */
export function classifiedError(error: unknown): Extract<ProbeAnswer<never>, { ok: false }> {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError) return { ok: false, why: 'tooLarge', detail };
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { ok: false, why: WHY[code] ?? 'failed', detail };
}
