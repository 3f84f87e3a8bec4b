import type { CustomFormat } from '../../../../src-preload/contract/log-formats.ts';
import type { ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, skipSpaces } from '../bytes.ts';
import { extendPath, roleNamed, roleOfPath, ROOT_PATH, type KeyRole } from '../formats/json-keys.ts';
import { scanObject } from '../formats/json.ts';
import { compileTimeFormat } from './time-format.ts';
import { levelsOf, type CompiledFormat } from './pattern-format.ts';

/** Compiles a JSON format: the user's keys first, others as their name is usually meant. */
export function compileJson(format: Extract<CustomFormat, { kind: 'json' }>): CompiledFormat {
  const own = new Map<number, KeyRole>();
  for (const [name, path] of Object.entries(format.keys)) own.set(pathHash(path), roleNamed(name));
  const mapped = new Set(Object.values(format.keys).length === 0 ? [] : [...own.values()].map(identityOf));
  const roleOf = (path: number): KeyRole | undefined => {
    const role = own.get(path);
    if (role !== undefined) return role;
    const usual = roleOfPath(path);
    // A meaning the user gave to one key is not taken from another.
    return usual === undefined || mapped.has(identityOf(usual)) ? undefined : usual;
  };
  const options = {
    roleOf,
    readTime: format.timeFormat === undefined ? undefined : compileTimeFormat(format.timeFormat),
    levels: levelsOf(format.levels),
  };
  const isObject = (batch: ParsedBatch, line: number): boolean => {
    const start = skipSpaces(batch.bytes, batch.starts[line] ?? 0, batch.ends[line] ?? 0);
    return batch.bytes[start] === BYTE.openBrace;
  };
  return {
    name: 'custom',
    multiline: format.multiline,
    places: [],
    parse: (batch, line, context) => isObject(batch, line) && scanObject(batch, line, context, options),
    explain(batch, line, context) {
      if (!isObject(batch, line)) return { at: 0, message: { key: 'formats.why.notJson', parameters: {} } };
      if (!scanObject(batch, line, context, options)) {
        return { at: 0, message: { key: 'formats.why.brokenJson', parameters: {} } };
      }
      return undefined;
    },
    spans: () => [],
  };
}

function pathHash(path: string): number {
  return path.split('.').reduce((hash, key) => {
    const bytes = Buffer.from(key);
    return extendPath(hash, bytes, 0, bytes.length);
  }, ROOT_PATH);
}

function identityOf(role: KeyRole): string {
  return role.kind === 'field' ? `field ${role.field}` : role.kind === 'numericLevel' ? 'level' : role.kind;
}
