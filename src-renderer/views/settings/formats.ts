import type { FormatDraft } from '../../../src-preload/contract/log-formats.ts';
import type { Level, Severity } from '../../../src-preload/contract/shared.ts';
import type { SettingValue } from '../../state/settings.ts';

/** A format while it is edited: as the settings have it, every part there. */
export interface EditedFormat {
  kind: 'pattern' | 'json';
  name: string;
  pattern: string;
  keys: Record<string, string>;
  timeFormat: string;
  /** One `word = level` a line. */
  levels: string;
  multiline: boolean;
}

export function newFormat(name: string): EditedFormat {
  return {
    kind: 'pattern',
    name,
    pattern: '{time} [{level}] {message}',
    keys: {},
    timeFormat: '',
    levels: '',
    multiline: false,
  };
}

function textOf(value: SettingValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: SettingValue | undefined): Record<string, string> {
  if (typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, textOf(text)]));
}

/** A format of the settings; undefined for what is none. */
export function editedFormat(value: SettingValue): EditedFormat | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const levels = Object.entries(textsOf(value['levels'])).map(([word, level]) => `${word} = ${level}`);
  return {
    kind: value['kind'] === 'json' ? 'json' : 'pattern',
    name: textOf(value['name']),
    pattern: textOf(value['pattern']),
    keys: textsOf(value['keys']),
    timeFormat: textOf(value['timeFormat']),
    levels: levels.join('\n'),
    multiline: value['multiline'] === true,
  };
}

/** The words for levels as the settings have them; lines without an equals sign are passed over. */
export function levelsOf(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    const word = line.slice(0, Math.max(0, at)).trim();
    const level = line.slice(at + 1).trim();
    return word === '' || level === '' ? [] : [[word, level] as const];
  });
  return Object.fromEntries(pairs);
}

function keysOf(format: EditedFormat): Record<string, string> {
  return Object.fromEntries(Object.entries(format.keys).filter(([, path]) => path.trim() !== ''));
}

/** As the settings file has it: what is not said is left out. */
export function storedFormat(format: EditedFormat): { [name: string]: SettingValue } {
  const levels = levelsOf(format.levels);
  const stored: { [name: string]: SettingValue } = { kind: format.kind, name: format.name };
  if (format.kind === 'pattern') stored['pattern'] = format.pattern;
  else {
    stored['keys'] = keysOf(format);
    if (format.timeFormat.trim() !== '') stored['timeFormat'] = format.timeFormat;
  }
  if (Object.keys(levels).length > 0) stored['levels'] = levels;
  if (format.multiline) stored['multiline'] = true;
  return stored;
}

/** As the engine is asked for a preview of it. */
export function draftOf(format: EditedFormat): FormatDraft {
  const { kind, pattern, multiline } = format;
  const levels = levelsOf(format.levels);
  if (kind === 'pattern') return { kind, pattern, levels, multiline };
  const timeFormat = format.timeFormat.trim() === '' ? undefined : format.timeFormat;
  return { kind, keys: keysOf(format), timeFormat, levels, multiline };
}

/** A name no other has. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const name = `${wanted} ${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** RFC 5424 → the four: 0–2 critical, 3 error, 4 warning, 5–7 info. */
export function severityOf(level: Level): Severity {
  if (level <= 2) return 'critical';
  if (level === 3) return 'error';
  return level === 4 ? 'warning' : 'info';
}
