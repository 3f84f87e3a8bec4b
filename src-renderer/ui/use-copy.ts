import { inject, provide, type InjectionKey } from 'vue';

type Copy = (text: string) => Promise<void>;
const COPY: InjectionKey<Copy> = Symbol('copy');

/** Says how text gets to the clipboard: the page itself may not, the desktop does it. Called once, by the shell. */
export function provideCopy(copy: Copy): void {
  provide(COPY, copy);
}

/** Copies text; rejects when it can't. Only within set-up. */
export function useCopy(): Copy {
  return inject(COPY, (text: string) => navigator.clipboard.writeText(text));
}
