import type { CustomFormat } from '../../../../src-preload/contract/log-formats.ts';
import type { MaskingRule } from '../../../../src-preload/contract/masking.ts';
import type { ParsedBatch } from '../../flow/parsed-batch.ts';
import { compileFormat } from '../custom/compile.ts';
import type { CompiledFormat } from '../custom/pattern-format.ts';
import { StampReader } from '../stamp.ts';
import type { OwnFields } from './rules.ts';

/**
 * Fields that a format of the user's own names by their place: no rule could find them by their name. Worked out only
 * where a rule asks for a field.
 */
export class OwnFormatFields {
  readonly #formats: ReadonlyMap<string, CustomFormat>;
  readonly #compiled = new Map<string, CompiledFormat>();
  readonly #stamps: StampReader;

  constructor(formats: readonly CustomFormat[], rules: readonly MaskingRule[]) {
    const asked = rules.some((rule) => rule.kind === 'field' && rule.enabled);
    const placed = asked ? formats.filter(({ kind }) => kind === 'pattern') : [];
    this.#formats = new Map(placed.map((format) => [format.name, format]));
    this.#stamps = new StampReader({});
  }

  /** @param format name of the batch's format, where it is one of the user's own */
  of(batch: ParsedBatch, format: string | undefined): OwnFields | undefined {
    const known = format === undefined ? undefined : this.#formats.get(format);
    if (known === undefined) return undefined;
    const compiled = this.#compiled.get(known.name) ?? compileFormat(known);
    this.#compiled.set(known.name, compiled);
    return (line) => {
      // Matching a line writes its time, which has been judged already.
      const time = batch.times[line] ?? Number.NaN;
      const spans = compiled.spans(batch, line, { stamps: this.#stamps });
      batch.times[line] = time;
      return spans;
    };
  }
}
