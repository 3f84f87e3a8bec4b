import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { ReportSchedule } from '../../../src-preload/contract/reports.ts';
import { useSettings, useSettingsUpdate } from '../../state/settings.ts';
import { readFault, useFault } from '../../ui/fault.ts';

const PATH = 'reports.schedules';

export interface Schedules {
  all: ComputedRef<readonly ReportSchedule[]>;
  locked: ComputedRef<boolean>;
  /** The dialog is open; without a schedule for a new one. */
  editing: ShallowRef<{ schedule: ReportSchedule | undefined } | undefined>;
  /** Names the edited one may not have. */
  taken: ComputedRef<string[]>;
  /** Name of the one about to be deleted. */
  removing: Ref<string | undefined>;
  busy: Ref<boolean>;
  problem: Ref<string | undefined>;
  edit: (name: string | undefined) => void;
  askToRemove: (name: string) => void;
  save: (schedule: ReportSchedule) => Promise<void>;
  enable: (name: string, enabled: boolean) => Promise<void>;
  remove: () => Promise<void>;
}

/** Schedules live in the settings file: every change is a change of the whole list, checked and audited there. */
export function useSchedules(onFailure: (problem: string) => void): Schedules {
  const settings = useSettings();
  const update = useSettingsUpdate();
  const say = useFault();
  const all = computed(() => settings.value?.settings.reports.schedules ?? []);
  const locked = computed(() =>
    (settings.value?.locked ?? []).some((path) => path === PATH || path === 'reports'),
  );
  const editing = shallowRef<{ schedule: ReportSchedule | undefined }>();
  const removing = ref<string>();
  const busy = ref(false);
  const problem = ref<string>();

  async function write(schedules: readonly ReportSchedule[]): Promise<boolean> {
    busy.value = true;
    problem.value = undefined;
    try {
      await update([{ path: PATH, value: schedules.map((each) => ({ ...each })) }]);
      return true;
    } catch (fault) {
      const { field } = readFault(fault);
      problem.value = `${field === undefined ? '' : `${field.split('.').at(-1) ?? ''}: `}${say(fault)}`;
      return false;
    } finally {
      busy.value = false;
    }
  }

  return {
    all,
    locked,
    editing,
    taken: computed(() =>
      all.value.map(({ name }) => name).filter((name) => name !== editing.value?.schedule?.name),
    ),
    removing,
    busy,
    problem,
    edit: (name) => {
      problem.value = undefined;
      editing.value = { schedule: all.value.find((each) => each.name === name) };
    },
    askToRemove: (name) => {
      problem.value = undefined;
      removing.value = name;
    },
    save: async (schedule) => {
      const before = editing.value?.schedule?.name;
      const next = all.value.some((each) => each.name === before)
        ? all.value.map((each) => (each.name === before ? schedule : each))
        : [...all.value, schedule];
      if (await write(next)) editing.value = undefined;
    },
    enable: async (name, enabled) => {
      const done = await write(all.value.map((each) => (each.name === name ? { ...each, enabled } : each)));
      if (!done) onFailure(problem.value ?? '');
    },
    remove: async () => {
      if (await write(all.value.filter((each) => each.name !== removing.value))) removing.value = undefined;
    },
  };
}
