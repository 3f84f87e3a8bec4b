import { printable } from './terminal-text.ts';

const WORDS = {
  truncated: 'the compressed file ends in its middle; what is there was read',
  damaged: 'the compressed file is damaged; what could be read was read',
};

/** Says on stderr that a compressed file was not read to its end. */
export function tellDamage(damage: 'truncated' | 'damaged', file: string): void {
  process.stderr.write(`yagura: ${WORDS[damage]}: ${printable(file)}\n`);
}
