import type { ComponentCheck } from '../../../src-preload/contract/diagnosis.ts';
import type { SettingValue } from '../../state/settings.ts';

export type ComponentKind = ComponentCheck['kind'];

/** In the order they are offered. A `command` comes from the settings file only: a screen must not name a program. */
export const NEW_KINDS: readonly Exclude<ComponentKind, 'command'>[] = [
  'process',
  'port',
  'http',
  'tcp',
  'tls',
  'fileAge',
];
export const COMPONENT_SEVERITIES = ['critical', 'error', 'warning'] as const;

/** A check as the draft holds it: every field by its name in the file. */
export type ComponentDraft = Record<string, SettingValue> & { kind: ComponentKind; name: string };

/** One field of a kind. Words: `settingsScreen.component.field.<name>`. Bounds and defaults are the contract's. */
export interface ComponentField {
  name: string;
  type: 'text' | 'number';
  initial: string | number;
  min?: number;
  max?: number;
  /** May be empty. */
  optional?: boolean;
}

const timeout: ComponentField = { name: 'timeoutMs', type: 'number', initial: 3000, min: 100, max: 20_000 };
const host: ComponentField = { name: 'host', type: 'text', initial: '' };
const port = (initial: number): ComponentField => ({
  name: 'port',
  type: 'number',
  initial,
  min: 1,
  max: 65_535,
});

export const FIELDS_OF: Record<ComponentKind, readonly ComponentField[]> = {
  process: [
    { name: 'process', type: 'text', initial: '' },
    { name: 'atLeast', type: 'number', initial: 1, min: 1, max: 1000 },
  ],
  port: [port(8080)],
  http: [
    { name: 'url', type: 'text', initial: 'http://127.0.0.1:8080/health' },
    { name: 'status', type: 'number', initial: 200, min: 100, max: 599 },
    { name: 'contains', type: 'text', initial: '', optional: true },
    { name: 'slowMs', type: 'number', initial: 1000, min: 1, max: 20_000 },
    timeout,
  ],
  tcp: [host, port(9878), timeout],
  tls: [host, port(443), { name: 'days', type: 'number', initial: 21, min: 0, max: 825 }, timeout],
  fileAge: [
    { name: 'path', type: 'text', initial: '' },
    { name: 'maximumSeconds', type: 'number', initial: 600, min: 1, max: 31_536_000 },
  ],
  command: [],
};

/** A new check of a kind, with the contract's defaults. */
export function newComponent(kind: ComponentKind): ComponentDraft {
  const own = Object.fromEntries(FIELDS_OF[kind].map((field) => [field.name, field.initial]));
  return { kind, name: '', weight: 3, severity: 'error', enabled: true, ...own };
}

const KINDS = Object.keys(FIELDS_OF);

/** Whether a value of the draft is a check; the settings in force hold nothing else at this place. */
export function isComponent(value: unknown): value is ComponentDraft {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    KINDS.some((kind) => kind === value.kind) &&
    'name' in value &&
    typeof value.name === 'string'
  );
}

/** The draft as the contract wants it, once all that it needs is there. The engine checks every value. */
export function isComplete(draft: ComponentDraft): draft is ComponentDraft & ComponentCheck {
  return (
    draft.name.trim() !== '' &&
    FIELDS_OF[draft.kind].every((field) => {
      const value = draft[field.name];
      if (field.type === 'text')
        return typeof value === 'string' && (field.optional === true || value.trim() !== '');
      return (
        typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= (field.min ?? 0) &&
        value <= (field.max ?? Number.MAX_SAFE_INTEGER)
      );
    })
  );
}

/** What it looks at, in a few characters: `:8080`, `http://…`, `order-gateway`. */
export function targetOf(draft: ComponentDraft): string {
  const text = (name: string): string => {
    const value = draft[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  switch (draft.kind) {
    case 'process':
      return text('process');
    case 'port':
      return `:${text('port')}`;
    case 'http':
      return text('url');
    case 'tcp':
    case 'tls':
      return `${text('host')}:${text('port')}`;
    case 'fileAge':
      return text('path');
    case 'command': {
      const words = draft['arguments'];
      return [text('program'), ...(Array.isArray(words) ? words.map(String) : [])].join(' ');
    }
  }
}
