import { Command } from 'commander';
import { vi } from 'vitest';

/** Runs a command of the terminal product in this process and answers what it printed: a process of its own costs a second. */
export async function printedBy(command: Command, ...parameters: string[]): Promise<string> {
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    const program = new Command('yagura').exitOverride().configureOutput({ writeErr: () => undefined });
    program.addCommand(command.exitOverride());
    await program.parseAsync([command.name(), ...parameters], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return written.join('');
}
