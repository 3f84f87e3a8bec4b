import type { CustomFormat } from '../../src-preload/contract/log-formats.ts';
import { compileFormat } from './parse/custom/compile.ts';
import type { CompiledFormat } from './parse/custom/pattern-format.ts';

/** Compiles the user's own format of a source when it is asked for, once as long as the settings have it so. */
export function compiledFormats(
  ownFormat: (sourceId: string) => CustomFormat | undefined,
): (sourceId: string) => CompiledFormat | undefined {
  const compiled = new WeakMap<CustomFormat, CompiledFormat>();
  return (sourceId) => {
    const own = ownFormat(sourceId);
    if (own === undefined) return undefined;
    const known = compiled.get(own) ?? compileFormat(own);
    compiled.set(own, known);
    return known;
  };
}
