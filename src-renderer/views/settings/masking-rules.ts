import type { MaskingDraft } from '../../../src-preload/contract/masking.ts';
import type { SettingValue } from '../../state/settings.ts';
import type { Draft } from './draft.ts';

export const RULES_PATH = 'masking.rules';

/** A rule while it is edited: every part there. */
export interface EditedRule {
  kind: 'pattern' | 'field';
  name: string;
  enabled: boolean;
  /** The pattern, or the field's name. */
  value: string;
}

/** A rule of the settings; undefined for what is none. */
export function editedRule(value: SettingValue): EditedRule | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const kind = value['kind'] === 'field' ? 'field' : 'pattern';
  const { name, enabled, [kind]: text } = value;
  return {
    kind,
    name: typeof name === 'string' ? name : '',
    enabled: enabled !== false,
    value: typeof text === 'string' ? text : '',
  };
}

/** As the settings file has it: what is not said is left out. */
export function storedRule({ kind, name, enabled, value }: EditedRule): { [name: string]: SettingValue } {
  return { kind, name, [kind]: value, ...(enabled ? {} : { enabled: false }) };
}

/** The masking of a draft of the settings, as the engine is asked for a preview of it. */
export function maskingDraft(draft: Draft, rules: readonly EditedRule[]): MaskingDraft {
  return {
    secrets: draft.value('masking.secrets') === true,
    users: draft.value('masking.users') === true,
    rules: rules.map(({ kind, name, enabled, value }) => ({ kind, name, enabled, [kind]: value })),
  };
}

/** `rule-1`, `rule-2` …: the first that no other has. */
export function freeRuleName(taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const name = `rule-${number}`;
    if (!taken.includes(name)) return name;
  }
}
