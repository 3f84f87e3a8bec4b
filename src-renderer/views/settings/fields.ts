import { LOG_CLASSES } from '../../../src-preload/contract/log-classes.ts';
import { LISTENER_IDS, RECEIVED_CLASSES, type ListenerId } from '../../../src-preload/contract/limits.ts';

/** One page of the settings. Words: `settingsScreen.page.<id>`. */
export const PAGES = [
  'general',
  'sources',
  'formats',
  'receiver',
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

/** How a field is edited. `lines`: one entry per line. `choices`: any of its options. `gigabytes`, `kibibytes`: stored in bytes. `list`: by its page. */
export type FieldKind =
  'switch' | 'number' | 'gigabytes' | 'kibibytes' | 'select' | 'choices' | 'text' | 'lines' | 'list';

/** One field of the settings file that the screen offers. Words: `settingsScreen.field.<path>`. */
export interface Field {
  /** Dotted path in the settings. */
  path: string;
  page: PageId;
  kind: FieldKind;
  /** select, choices: values; words `settingsScreen.option.<last part of path>.<value>`. */
  options?: readonly string[];
  /** number: bounds of the contract. */
  min?: number;
  max?: number;
  /** number: word after it, `settingsScreen.unit.<unit>`. */
  unit?: 'seconds' | 'days' | 'percent' | 'perSecond';
  /** Shown in a table of its page rather than as a row. */
  inTable?: boolean;
}

const band = (path: string, unit: 'percent' | 'seconds' = 'percent'): Field[] =>
  ['warn', 'critical'].map((level) => ({
    path: `thresholds.${path}.${level}`,
    page: 'alerts',
    kind: 'number',
    min: 1,
    max: 100,
    unit,
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

const archive = (name: string, field: Omit<Field, 'path' | 'page' | 'inTable'>): Field => ({
  path: `retention.archive.${name}`,
  page: 'retention',
  inTable: true,
  ...field,
});

/** What a listener of the receiver has beside its switch; shown in its own section. */
export const LISTENER_FIELDS: Readonly<Record<ListenerId, readonly string[]>> = {
  syslogUdp: ['address', 'port', 'class'],
  syslogTcp: ['address', 'port', 'class'],
  syslogTls: ['address', 'port', 'certificate', 'key', 'clientAuthority', 'class'],
  http: ['address', 'port', 'certificate', 'key', 'class', 'classField'],
  otlp: ['address', 'port', 'certificate', 'key', 'class', 'classAttribute'],
};

const listener = (id: ListenerId): Field[] =>
  ['enabled', ...LISTENER_FIELDS[id]].map((name): Field => {
    const field = { path: `receiver.${id}.${name}`, page: 'receiver', inTable: true } as const;
    if (name === 'enabled') return { ...field, kind: 'switch' };
    if (name === 'port') return { ...field, kind: 'number', min: 0, max: 65_535 };
    if (name === 'class') return { ...field, kind: 'select', options: ['none', ...RECEIVED_CLASSES] };
    return { ...field, kind: 'text' };
  });

const receiverLimit = (name: string, min: number, max: number, unit?: Field['unit']): Field => ({
  path: `receiver.limits.${name}`,
  page: 'receiver',
  kind: 'number',
  min,
  max,
  ...(unit === undefined ? {} : { unit }),
});

const receiverSize = (name: string, min: number, max: number): Field => ({
  ...receiverLimit(name, min, max),
  kind: 'kibibytes',
});

/** In the order they are shown. */
export const FIELDS: readonly Field[] = [
  { path: 'display.language', page: 'general', kind: 'select', options: ['system', 'ja', 'en'] },
  { path: 'display.theme', page: 'general', kind: 'select', options: ['system', 'dark', 'light'] },
  { path: 'metrics.interval', page: 'general', kind: 'number', min: 1, max: 60, unit: 'seconds' },
  { path: 'desktop.whenClosed', page: 'general', kind: 'select', options: ['ask', 'hide', 'quit'] },
  { path: 'logs.discover', page: 'sources', kind: 'switch' },
  { path: 'logs.formats', page: 'formats', kind: 'list', inTable: true },
  ...LISTENER_IDS.flatMap(listener),
  { path: 'receiver.allow', page: 'receiver', kind: 'lines' },
  { path: 'receiver.timeZone', page: 'receiver', kind: 'text' },
  receiverSize('messageBytes', 1, 1024),
  receiverSize('bodyBytes', 64, 65_536),
  receiverSize('queueBytes', 64, 262_144),
  receiverLimit('connections', 1, 5000),
  receiverLimit('arrivalSeconds', 1, 600, 'seconds'),
  receiverLimit('senderRate', 1, 1_000_000, 'perSecond'),
  receiverLimit('series', 1, 5000),
  days('metrics.rawDays', 365),
  days('metrics.minuteDays', 3650),
  days('metrics.hourDays', 36_500),
  days('application.days', 3650),
  size('application.maxBytes'),
  days('access.days', 3650),
  size('access.maxBytes'),
  days('audit.days', 3650),
  size('audit.maxBytes'),
  archive('enabled', { kind: 'switch' }),
  archive('classes', { kind: 'choices', options: LOG_CLASSES }),
  archive('directory', { kind: 'text' }),
  archive('days', { kind: 'number', min: 0, max: 36_500, unit: 'days' }),
  archive('encrypt', { kind: 'switch' }),
  archive('keyFile', { kind: 'text' }),
  { path: 'masking.secrets', page: 'masking', kind: 'switch' },
  { path: 'masking.users', page: 'masking', kind: 'switch' },
  { path: 'masking.rules', page: 'masking', kind: 'list', inTable: true },
  { path: 'detection.allowlist', page: 'detection', kind: 'lines' },
  { path: 'detection.trustedProxies', page: 'detection', kind: 'lines' },
  ...band('cpuPercent'),
  ...band('memoryPercent'),
  ...band('diskPercent'),
  ...band('errorPercent'),
  ...band('latencySeconds', 'seconds'),
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

/** Units in which sizes are edited; the settings have bytes. */
export const SIZE_UNITS: Partial<Record<FieldKind, { bytes: number; name: string }>> = {
  gigabytes: { bytes: 1_000_000_000, name: 'GB' },
  kibibytes: { bytes: 1024, name: 'KiB' },
};

/** Non-empty lines without the space around them. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
