import {
  computed,
  inject,
  provide,
  shallowRef,
  type ComputedRef,
  type InjectionKey,
  type ShallowRef,
} from 'vue';
import { useSettings, useSettingsUpdate, type SettingValue } from '../../state/settings.ts';
import { readFault, type Fault } from '../../ui/fault.ts';

/** One field that differs from what is in force. */
export interface FieldChange {
  path: string;
  before: SettingValue | undefined;
  after: SettingValue;
}

export interface Draft {
  /** The value shown: changed, else in force. */
  value: (path: string) => SettingValue | undefined;
  set: (path: string, value: SettingValue) => void;
  changes: ComputedRef<readonly FieldChange[]>;
  /** Fixed by the managed file or the command line. */
  isLocked: (path: string) => boolean;
  /** Why the last save was refused, at this field. */
  faultAt: (path: string) => Fault | undefined;
  fault: ShallowRef<Fault | undefined>;
  revert: () => void;
  /** True when it was taken. */
  save: () => Promise<boolean>;
}

function isValue(value: unknown): value is SettingValue {
  return value !== undefined && value !== null && typeof value !== 'function';
}

/** Reads a dotted path. */
export function valueAt(root: unknown, path: string): SettingValue | undefined {
  let at: unknown = root;
  for (const name of path.split('.')) {
    at = typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined;
  }
  return isValue(at) ? at : undefined;
}

/** A locked parent locks its fields. */
function isWithin(path: string, parents: readonly string[]): boolean {
  return parents.some((parent) => path === parent || path.startsWith(`${parent}.`));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const KEY: InjectionKey<Draft> = Symbol('settings draft');

/** Changes that wait for Save. Kept while pages are switched, dropped with the screen. */
export function provideDraft(): Draft {
  const state = useSettings();
  const updateSettings = useSettingsUpdate();
  const changed = shallowRef<ReadonlyMap<string, SettingValue>>(new Map());
  const fault = shallowRef<Fault>();
  const inForce = (path: string): SettingValue | undefined => valueAt(state.value?.settings, path);

  const changes = computed(() =>
    [...changed.value].flatMap(([path, after]) => {
      const before = inForce(path);
      return same(before, after) ? [] : [{ path, before, after }];
    }),
  );

  const draft: Draft = {
    value: (path) => changed.value.get(path) ?? inForce(path),
    set: (path, value) => {
      changed.value = new Map(changed.value).set(path, value);
      if (fault.value?.field === path) fault.value = undefined;
    },
    changes,
    isLocked: (path) => isWithin(path, state.value?.locked ?? []),
    faultAt: (path) =>
      fault.value?.field !== undefined && isWithin(fault.value.field, [path]) ? fault.value : undefined,
    fault,
    revert: () => {
      changed.value = new Map();
      fault.value = undefined;
    },
    save: async () => {
      try {
        await updateSettings(changes.value.map(({ path, after }) => ({ path, value: after })));
        draft.revert();
        return true;
      } catch (error) {
        fault.value = readFault(error);
        return false;
      }
    },
  };
  provide(KEY, draft);
  return draft;
}

/** The draft of the settings screen around. */
export function useDraft(): Draft {
  const draft = inject(KEY);
  if (draft === undefined) throw new Error('No settings screen around.');
  return draft;
}
