import { shallowRef, type ShallowRef } from 'vue';

/** More would no longer be recent. */
const MAX_RECENT = 5;

/**
 * What was chosen last, newest first, by id. Kept in memory alone: addresses and texts that somebody looked for are
 * nothing to leave behind on a disk.
 */
const recent = shallowRef<readonly string[]>([]);

export function useRecent(): { recent: ShallowRef<readonly string[]>; remember: (id: string) => void } {
  return {
    recent,
    remember: (id) => {
      recent.value = [id, ...recent.value.filter((each) => each !== id)].slice(0, MAX_RECENT);
    },
  };
}
