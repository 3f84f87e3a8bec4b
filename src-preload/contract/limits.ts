import type { ReportKind, ReportSection } from './reports.ts';

/** Bounds that both sides of the contract obey. Free of zod, so that the renderer may import it. */

/** Most lines one search page or one tail push carries. */
export const MAX_PAGE_LINES = 1000;
/** Most lines of one trace. */
export const MAX_TRACE_LINES = 2000;
/** Longest query text, in characters. */
export const MAX_QUERY_LENGTH = 2000;
/** Longest line that is handed to a view in full; the rest is cut and marked `truncated`. */
export const MAX_VIEW_LINE_LENGTH = 20_000;
/** Most points of one series in one answer; wider ranges are rolled up. */
export const MAX_SERIES_POINTS = 2000;
/** Most series in one range query. */
export const MAX_SERIES = 50;
/** Most buckets of a histogram (DESIGN-UI: no more than 60 are readable). */
export const MAX_HISTOGRAM_BUCKETS = 240;
/** Longest note, comment or path a person enters. */
export const MAX_TEXT_LENGTH = 4096;
/** Pushes of a stream that may be under way unacknowledged; later ones are coalesced (SEAM: 16). */
export const STREAM_WINDOW = 16;
/** Milliseconds after which a call without its own limit is given up. */
export const CALL_TIMEOUT_MS = 15_000;
/** The wire's version; client and engine must agree on it. */
export const PROTOCOL_VERSION = 1;
/** Where the bands of a score begin (SPEC: bands 50/80/90); words: `diagnose.band.<name>`. */
export const SCORE_BANDS = { poor: 0, weak: 50, fair: 80, good: 90 } as const;
export type ScoreBand = keyof typeof SCORE_BANDS;

/** The band a score (0–100) lies in. */
export function bandOf(score: number): ScoreBand {
  if (score >= SCORE_BANDS.good) return 'good';
  if (score >= SCORE_BANDS.fair) return 'fair';
  return score >= SCORE_BANDS.weak ? 'weak' : 'poor';
}

/** Which sections a kind of report has, before any is left out; in the contract's order. */
export const REPORT_SECTIONS_OF: Record<ReportKind, readonly ReportSection[]> = {
  security: [
    'summary',
    'threats',
    'addresses',
    'alerts',
    'diagnosis',
    'host',
    'decisions',
    'sight',
    'evidence',
  ],
  logs: ['summary', 'logs', 'sight', 'evidence'],
  health: ['summary', 'alerts', 'diagnosis', 'host', 'sight'],
  alerts: ['summary', 'alerts', 'decisions', 'sight'],
};

/** What the receiver can listen for; each is a `receiver.<id>` of the settings. */
export const LISTENER_IDS = ['syslogUdp', 'syslogTcp', 'syslogTls', 'http', 'otlp'] as const;
export type ListenerId = (typeof LISTENER_IDS)[number];
/** What a received line is about, as its sender or the settings say: searchable, no matter of retention. */
export const RECEIVED_CLASSES = ['trading', 'ml', 'security', 'api', 'performance'] as const;
export type ReceivedClass = (typeof RECEIVED_CLASSES)[number];

/** Patterns in one answer. */
export const MAX_PATTERNS = 500;

/** Masking rules of the user's own. */
export const MAX_MASKING_RULES = 50;
/** Longest pattern of one, in characters. */
export const MAX_MASKING_PATTERN = 500;
/** Lines of one slice of a preview of them. */
export const MAX_MASKING_SLICE = 500;

/** Personal data that can be replaced in lines that leave the machine; secrets and the user's own rules always are. */
export const EXPORT_MASKS = ['user', 'email', 'account', 'address', 'host'] as const;
export type ExportMask = (typeof EXPORT_MASKS)[number];
