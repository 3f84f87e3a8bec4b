import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { SettingsProblem } from '../../../src-preload/contract/settings.ts';

/** A place in a settings file: keys from the outermost on. */
export type Path = readonly (string | number)[];

/** One YAML file with its comments, and where in it everything stands. */
export class SettingsDocument {
  readonly file: string;
  readonly #document: Document;
  readonly #lines: LineCounter;

  /** @param text the file's content; an empty file has no settings and is right */
  constructor(file: string, text: string) {
    this.file = file;
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true });
  }

  /** Faults of the YAML itself; while there are any, `content` is not to be used. */
  problems(): SettingsProblem[] {
    const faults: SettingsProblem[] = this.#document.errors.map((error) => ({
      file: this.file,
      line: this.#lines.linePos(error.pos[0]).line,
      field: '',
      message: { key: 'settings.problem.yaml', parameters: { reason: error.message } },
    }));
    if (faults.length === 0 && this.#document.contents !== null && !isMap(this.#document.contents)) {
      const isEmpty = isScalar(this.#document.contents) && this.#document.contents.value === null;
      if (!isEmpty)
        faults.push({
          file: this.file,
          line: 1,
          field: '',
          message: { key: 'settings.problem.notAMap', parameters: {} },
        });
    }
    return faults;
  }

  /** The settings as plain values; aliases are bounded, so that a file of nested ones can't fill the memory. */
  content(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 }) ?? {};
  }

  has(path: Path): boolean {
    return this.#document.hasIn(path);
  }

  /** 1-based line of a path, or of the nearest thing above it that the file has. */
  lineOf(path: Path): number {
    for (let length = path.length; length > 0; length -= 1) {
      const line = this.#lineOfKey(path.slice(0, length));
      if (line !== undefined) return line;
    }
    return 1;
  }

  set(path: Path, value: unknown): void {
    if (this.#document.contents === null || !isMap(this.#document.contents)) {
      this.#document.contents = this.#document.createNode({});
    }
    this.#document.setIn(path, this.#document.createNode(value));
  }

  toString(): string {
    return this.#document.toString({ lineWidth: 0 });
  }

  #lineOfKey(path: Path): number | undefined {
    const parent =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1));
    const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    return start === undefined ? undefined : this.#lines.linePos(start).line;
  }
}
