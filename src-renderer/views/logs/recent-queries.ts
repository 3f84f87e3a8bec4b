/** Queries asked before, newest first; kept on this machine, for this user. */
const KEY = 'yagura.logs.queries';
const MAX_RECENT = 20;
/** A letter or two is typing, not a query. */
const SHORTEST = 3;

export function recentQueries(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string').slice(0, MAX_RECENT) : [];
  } catch {
    // Not ours, or no storage: nothing is remembered.
    return [];
  }
}

export function rememberQuery(query: string): void {
  const text = query.trim();
  if (text.length < SHORTEST) return;
  const recent = [text, ...recentQueries().filter((each) => each !== text)].slice(0, MAX_RECENT);
  try {
    localStorage.setItem(KEY, JSON.stringify(recent));
  } catch {
    // Full or switched off: it is only convenience.
  }
}
