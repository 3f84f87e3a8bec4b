import { Readable } from 'node:stream';
import { minePatterns, type MinedPatterns } from '../../../../src-main/engine/mine-patterns.ts';

/** Patterns of a text's lines. */
export function mineText(text: string | Buffer, maxTemplates?: number): Promise<MinedPatterns> {
  const input = Readable.from([Buffer.from(text)]);
  return minePatterns(input, maxTemplates === undefined ? {} : { maxTemplates });
}

/** Whether a line could be of the template: its constant parts stand in it, in order. */
export function matches(template: string, line: string): boolean {
  const plain = (text: string): string => text.replace(/[\s\0-\x20]+/g, ' ').trim();
  let rest = plain(line);
  for (const part of template.split('<*>')) {
    // Spaces around a value may be part of it.
    const at = rest.indexOf(part.trim());
    if (at < 0) return false;
    rest = rest.slice(at + part.trim().length);
  }
  return true;
}
