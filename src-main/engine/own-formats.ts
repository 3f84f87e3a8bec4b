import type { CustomFormat } from '../../src-preload/contract/log-formats.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import { isDeepStrictEqual } from 'node:util';
import { compileFormat } from './parse/custom/compile.ts';
import type { CompiledFormat } from './parse/custom/pattern-format.ts';
import type { OwnFormats } from './store/read/reader-messages.ts';

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

/** All of them by their source, as the settings have it. */
export function ownFormatsOf({ logs }: Settings): OwnFormats {
  return logs.sources.flatMap(({ path, format: name }) => {
    const own = logs.formats.find((format) => format.name === name);
    return own === undefined ? [] : [[path, own]];
  });
}

/** The same, compiled; again only when one has changed. */
export function compiledBySource(ownFormats: () => OwnFormats): () => ReadonlyMap<string, CompiledFormat> {
  let known: OwnFormats = [];
  let compiled: ReadonlyMap<string, CompiledFormat> = new Map();
  return () => {
    const formats = ownFormats();
    if (formats === known || isDeepStrictEqual(formats, known)) return compiled;
    known = formats;
    compiled = new Map(formats.map(([sourceId, format]) => [sourceId, compileFormat(format)]));
    return compiled;
  };
}
