import type { SettingsState } from '../../src-preload/contract/settings.ts';
import type { Message, Severity } from '../../src-preload/contract/shared.ts';

/** Problems shown at a time; a source of endless ones must not fill the memory. */
const MAX_PROBLEMS = 50;

/** What is wrong with Yagura itself: shown until it is mended or the engine is started anew. The same one is kept once. */
export class ProblemList {
  readonly #problems = new Map<string, { severity: Severity; message: Message }>();

  add(severity: Severity, message: Message): void {
    const id = JSON.stringify(message);
    if (!this.#problems.has(id) && this.#problems.size >= MAX_PROBLEMS) {
      const [oldest] = this.#problems.keys();
      if (oldest !== undefined) this.#problems.delete(oldest);
    }
    this.#problems.set(id, { severity, message });
  }

  /** All problems whose key begins so give way to these. */
  replace(keyPrefix: string, messages: Message[]): void {
    for (const [id, { message }] of this.#problems)
      if (message.key.startsWith(keyPrefix)) this.#problems.delete(id);
    for (const message of messages) this.add('warning', message);
  }

  /** A settings file that is not accepted is one that Yagura does not run with: that must be seen on every screen. */
  replaceRefused({ problems: [first] }: SettingsState): void {
    const key = 'engine.settingsRefused';
    if (first === undefined) this.replace(key, []);
    else this.replace(key, [{ key, parameters: { file: first.file, line: first.line, field: first.field } }]);
  }

  list(): { severity: Severity; message: Message }[] {
    return [...this.#problems.values()];
  }
}
