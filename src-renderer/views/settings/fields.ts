/** One page of the settings. Words: `settingsScreen.page.<id>`. */
export const PAGES = [
  'general',
  'sources',
  'retention',
  'masking',
  'detection',
  'alerts',
  'diagnosis',
  'connections',
  'itself',
  'about',
] as const;
export type PageId = (typeof PAGES)[number];

/** How a field is edited. `lines`: one entry per line. `gigabytes`: stored in bytes. `list`: by its page. */
export type FieldKind = 'switch' | 'number' | 'gigabytes' | 'select' | 'text' | 'lines' | 'list';

/** One field of the settings file that the screen offers. Words: `settingsScreen.field.<path>`. */
export interface Field {
  /** Dotted path in the settings. */
  path: string;
  page: PageId;
  kind: FieldKind;
  /** select: values; words `settingsScreen.option.<last part of path>.<value>`. */
  options?: readonly string[];
  /** number: bounds of the contract. */
  min?: number;
  max?: number;
  /** number: word after it, `settingsScreen.unit.<unit>`. */
  unit?: 'seconds' | 'days' | 'percent';
  /** Shown in a table of its page rather than as a row. */
  inTable?: boolean;
}

const percent = (path: string): Field[] =>
  ['warn', 'critical'].map((level) => ({
    path: `thresholds.${path}.${level}`,
    page: 'alerts',
    kind: 'number',
    min: 1,
    max: 100,
    unit: 'percent',
    inTable: true,
  }));

const days = (path: string, max: number): Field => ({
  path: `retention.${path}`,
  page: 'retention',
  kind: 'number',
  min: 1,
  max,
  unit: 'days',
  inTable: true,
});

const size = (path: string): Field => ({
  path: `retention.${path}`,
  page: 'retention',
  kind: 'gigabytes',
  min: 1,
  max: 100_000,
  inTable: true,
});

/** In the order they are shown. */
export const FIELDS: readonly Field[] = [
  { path: 'display.language', page: 'general', kind: 'select', options: ['system', 'ja', 'en'] },
  { path: 'display.theme', page: 'general', kind: 'select', options: ['system', 'dark', 'light'] },
  { path: 'metrics.interval', page: 'general', kind: 'number', min: 1, max: 60, unit: 'seconds' },
  { path: 'desktop.whenClosed', page: 'general', kind: 'select', options: ['ask', 'hide', 'quit'] },
  { path: 'logs.discover', page: 'sources', kind: 'switch' },
  days('metrics.rawDays', 365),
  days('metrics.minuteDays', 3650),
  days('metrics.hourDays', 36_500),
  days('application.days', 3650),
  size('application.maxBytes'),
  days('access.days', 3650),
  size('access.maxBytes'),
  days('audit.days', 3650),
  size('audit.maxBytes'),
  { path: 'masking.secrets', page: 'masking', kind: 'switch' },
  { path: 'masking.users', page: 'masking', kind: 'switch' },
  { path: 'detection.allowlist', page: 'detection', kind: 'lines' },
  { path: 'detection.trustedProxies', page: 'detection', kind: 'lines' },
  ...percent('cpuPercent'),
  ...percent('memoryPercent'),
  ...percent('diskPercent'),
  { path: 'notifications.desktop', page: 'alerts', kind: 'switch' },
  {
    path: 'notifications.minimumSeverity',
    page: 'alerts',
    kind: 'select',
    options: ['critical', 'error', 'warning', 'info'],
  },
  { path: 'diagnosis.components', page: 'diagnosis', kind: 'list', inTable: true },
  { path: 'metrics.ntpServer', page: 'connections', kind: 'text' },
];

export function fieldAt(path: string): Field | undefined {
  return FIELDS.find((field) => field.path === path);
}

/** Bytes of the unit in which sizes are edited. */
export const GIGABYTE = 1_000_000_000;

/** Non-empty lines without the space around them. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
