import {
  Bell,
  FileText,
  LayoutDashboard,
  Monitor,
  PanelRight,
  ScrollText,
  Settings,
  ShieldAlert,
  Stethoscope,
  type LucideIcon,
} from '@lucide/vue';
import { createRouter, createWebHashHistory, type Router } from 'vue-router';

/** A screen: its folder below views/, its place in the rail and its key after `g`. Words: `shell.screen.<id>`. */
export interface Screen {
  id: string;
  icon: LucideIcon;
  key: string;
  /** At the foot of the rail. */
  foot?: boolean;
  /** Screens without time show no range. */
  timeless?: boolean;
}

const views = import.meta.glob('./views/*/View.vue');

/** A screen that is not built does not appear: nothing in the rail is dead. */
export const SCREENS: readonly Screen[] = [
  { id: 'overview', icon: LayoutDashboard, key: 'h' },
  { id: 'logs', icon: ScrollText, key: 'l' },
  { id: 'threats', icon: ShieldAlert, key: 't' },
  { id: 'alerts', icon: Bell, key: 'a' },
  { id: 'diagnosis', icon: Stethoscope, key: 'i', timeless: true },
  { id: 'reports', icon: FileText, key: 'r', timeless: true },
  { id: 'settings', icon: Settings, key: ',', foot: true, timeless: true },
].filter((screen) => `./views/${screen.id}/View.vue` in views);

/** The window in another shape, without rail and bars. Words: `shell.screen.<id>`. */
export type Shape = 'wallboard' | 'compact';
export const SHAPES: readonly { id: Shape; icon: LucideIcon }[] = (
  [
    { id: 'wallboard', icon: Monitor },
    { id: 'compact', icon: PanelRight },
  ] as const
).filter((shape) => `./views/${shape.id}/View.vue` in views);

/** Addresses are `#/logs?…`: what a screen shows besides its range stands in the query, so that links can carry it. */
export function createScreenRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      ...[...SCREENS, ...SHAPES, { id: 'welcome' }].flatMap(({ id }) => {
        const component = views[`./views/${id}/View.vue`];
        return component === undefined ? [] : [{ path: `/${id}`, name: id, component }];
      }),
      { path: '/:unknown(.*)*', redirect: '/overview' },
    ],
  });
}
