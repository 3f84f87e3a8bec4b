import type { CustomFormat } from '../../../../src-preload/contract/log-formats.ts';
import { compileJson } from './json-format.ts';
import { compilePattern, type CompiledFormat } from './pattern-format.ts';

/** Makes a format of the settings ready to be tried on lines. */
export function compileFormat(format: CustomFormat): CompiledFormat {
  return format.kind === 'pattern' ? compilePattern(format) : compileJson(format);
}
