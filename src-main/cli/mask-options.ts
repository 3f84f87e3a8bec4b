import { EXPORT_MASKS, type ExportMask } from '../../src-preload/contract/limits.ts';
import { CommandError, EXIT } from './exit.ts';

export const MASK_HELP =
  'replace secrets, what your own rules find, and personal data: users, e-mail, accounts, addresses, this machine’s name';
export const KEEP_HELP = `with --mask, comma-separated: leave these as they are, of ${EXPORT_MASKS.join(', ')}`;

/** The kinds that `--mask` and `--keep` ask for; undefined: nothing is masked. */
export function maskedKinds(options: { mask?: boolean; keep?: ExportMask[] }): ExportMask[] | undefined {
  if (options.mask === true) return EXPORT_MASKS.filter((kind) => options.keep?.includes(kind) !== true);
  if (options.keep !== undefined) throw new CommandError(EXIT.usage, '--keep needs --mask');
  return undefined;
}

export function parseKinds(text: string): ExportMask[] {
  return text.split(',').map((word) => {
    const kind = EXPORT_MASKS.find((each) => each === word.trim());
    if (kind === undefined)
      throw new CommandError(EXIT.usage, `"${word}" is none of ${EXPORT_MASKS.join(', ')}`);
    return kind;
  });
}
