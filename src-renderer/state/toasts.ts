import { shallowRef, type ShallowRef } from 'vue';
import type { MarkState } from '../ui/states.ts';

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface ToastInput {
  state: MarkState;
  title: string;
  /** What to do next; needed for errors. */
  detail?: string | undefined;
  actions?: readonly ToastAction[] | undefined;
}

export interface Toast extends ToastInput {
  id: number;
  /** Errors stay until they are closed. */
  staysOpen: boolean;
}

/** More would cover what they are about. The oldest that may go, goes. */
export const MAX_TOASTS = 3;
export const TOAST_MS = 10_000;

const toasts = shallowRef<readonly Toast[]>([]);
let nextId = 1;

export interface Toasts {
  list: ShallowRef<readonly Toast[]>;
  show: (input: ToastInput) => number;
  dismiss: (id: number) => void;
}

function show(input: ToastInput): number {
  const staysOpen = input.state === 'error' || input.state === 'critical';
  const toast: Toast = { ...input, id: nextId, staysOpen };
  nextId += 1;
  const rest = [...toasts.value];
  while (rest.length >= MAX_TOASTS) {
    const passing = rest.findIndex((other) => !other.staysOpen);
    rest.splice(Math.max(0, passing), 1);
  }
  toasts.value = [...rest, toast];
  return toast.id;
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Short notices at the bottom right. Success only when its result is elsewhere. */
export function useToasts(): Toasts {
  return { list: toasts, show, dismiss };
}
