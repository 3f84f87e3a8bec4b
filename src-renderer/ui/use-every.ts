import { onScopeDispose } from 'vue';

/** Does something again and again while the view is there; rests while the window is hidden. */
export function useEvery(milliseconds: number, run: () => unknown): void {
  const timer = setInterval(() => {
    if (!document.hidden) void run();
  }, milliseconds);
  const onShow = (): void => {
    if (!document.hidden) void run();
  };
  document.addEventListener('visibilitychange', onShow);
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onShow);
  });
}
