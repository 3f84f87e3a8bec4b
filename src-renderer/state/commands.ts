import type { LucideIcon } from '@lucide/vue';
import { onBeforeUnmount, onMounted, shallowReactive } from 'vue';

/** Something the command palette can do. A place offers its commands for as long as it is on screen. */
export interface Command {
  /** Unique among all commands. */
  id: string;
  icon: LucideIcon;
  /** What it does, in the language shown. A dangerous one ends in "…" and opens its dialog. */
  title: () => string;
  /** Its shortcut, as `KeyBinding.keys`. */
  keys?: string | undefined;
  /** Not offered while false. */
  when?: (() => boolean) | undefined;
  /** Does nothing without an engine: not offered while it is down. */
  needsEngine?: boolean | undefined;
  run: () => void;
}

const offered = shallowReactive<Command[]>([]);

/** Offers commands for as long as the component is there. */
export function useCommands(commands: readonly Command[]): void {
  onMounted(() => offered.push(...commands));
  onBeforeUnmount(() => {
    for (const command of commands) {
      const index = offered.indexOf(command);
      if (index !== -1) offered.splice(index, 1);
    }
  });
}

/** All that can be done now; what was mounted last comes first. */
export function availableCommands(engineDown: boolean): Command[] {
  return offered
    .filter(({ when, needsEngine }) => (when?.() ?? true) && !(engineDown && needsEngine === true))
    .reverse();
}
