import type { LucideIcon } from '@lucide/vue';
import type { RouteLocationRaw } from 'vue-router';
import type { Span } from '../../ui/log-segments.ts';

/** In the order they are shown. Words: `palette.group.<name>`. */
export const GROUPS = ['recent', 'addresses', 'sources', 'rules', 'actions', 'logs', 'screens'] as const;
export type GroupName = (typeof GROUPS)[number];

/** One line of the palette. */
export interface Entry {
  /** Tells what it is: `place:logs`, `address:203.0.113.42`. */
  id: string;
  icon: LucideIcon;
  /** May hold hostile text (an address, a path): only ever shown as text. */
  title: string;
  /** What of the title was matched. */
  spans: readonly Span[];
  detail?: string | undefined;
  keys?: string | undefined;
  /** Where it leads … */
  to?: RouteLocationRaw | undefined;
  /** … or what it does. */
  run?: (() => void) | undefined;
  score: number;
}

export interface Group {
  name: GroupName;
  entries: readonly Entry[];
}

/** What the first character asks for. */
export type Scope = 'all' | 'actions' | 'sources' | 'rules';
const PREFIXES: Readonly<Record<string, Scope>> = { '>': 'actions', '@': 'sources', '#': 'rules' };

/** Scope and rest of what was typed. An input method may leave the full-width forms ＞ ＠ ＃ behind. */
export function scopeOf(typed: string): { scope: Scope; rest: string } {
  const text = typed.trimStart();
  const scope = PREFIXES[text.slice(0, 1).normalize('NFKC')];
  return scope === undefined ? { scope: 'all', rest: text } : { scope, rest: text.slice(1) };
}

/** Best first, at most so many. Equal ones keep their order. */
export function best(entries: readonly (Entry | undefined)[], limit: number): Entry[] {
  return entries
    .filter((entry) => entry !== undefined)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}
