import type { Settings } from '../../../src-preload/contract/settings.ts';

/**
 * Whether a change brings a program (or other arguments of one) that was not in the settings before. The engine runs
 * such programs, so that whoever could write them over the wire could run anything; a screen may switch what the file
 * names on and off, rename, weigh and remove it.
 */
export function namesNewProgram(before: Settings, after: Settings): boolean {
  const known = new Set(programsOf(before));
  return programsOf(after).some((program) => !known.has(program));
}

/** Everything that decides what runs. */
function programsOf({ diagnosis }: Settings): string[] {
  return diagnosis.components.flatMap((check) =>
    check.kind === 'command' ? [JSON.stringify([check.program, ...check.arguments])] : [],
  );
}
