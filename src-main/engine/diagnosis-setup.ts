import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DiagnosisState, DiagnosisSummary } from '../../src-preload/contract/diagnosis.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { QueueState, SourceHealth, Status } from '../../src-preload/contract/system.ts';
import { languageOf, type Language } from '../../src-preload/contract/words.ts';
import type { Feed, Feeds } from './api/server/feeds.ts';
import type { MetricReading, MetricReadings } from './diagnose/check.ts';
import { loadPresets } from './diagnose/components/presets.ts';
import { DiagnosisService } from './diagnose/diagnosis.ts';
import { systemProbe } from './diagnose/probe/system-probe.ts';
import type { Clock } from './flow/clock.ts';
import type { Observation } from './flow/observation.ts';
import type { OutboundLog } from './flow/outbound.ts';
import type { Masker } from './parse/mask.ts';
import type { RuleLibrary } from './rule-library.ts';
import type { DiagnosisStore, MetricStore } from './store/types.ts';
import { yaguraFacts } from './yagura-facts.ts';

export interface DiagnosisParts {
  dataDirectory: string;
  resources: string;
  /** File of `threads/self-check`, resolved by the entry. */
  threadFile: string;
  clock: Clock;
  store: DiagnosisStore | undefined;
  settings: () => Settings;
  rules: RuleLibrary;
  metrics: MetricStore | undefined;
  outbound: OutboundLog;
  masker: () => Masker;
  /** Undefined where no engine watches. */
  watching: (() => { sources: SourceHealth[]; queues: QueueState[] }) | undefined;
  observe: (observations: Observation[]) => void;
  onChange: (state: DiagnosisState) => void;
  onFault: (event: string, error: unknown) => void;
}

/** Checks end every few milliseconds; the eye follows this. */
const PUSH_MS = 150;
const MINUTE_MS = 60_000;

/** The diagnosis with all it asks put together: the engine's, and the terminal's where no engine runs. */
export function createDiagnosis(parts: DiagnosisParts): DiagnosisService {
  const { clock, resources, settings, rules, masker } = parts;
  return new DiagnosisService({
    clock,
    hostName: hostname(),
    store: parts.store,
    settings,
    presets: () => loadPresets(join(resources, 'components'), languageIn(settings())),
    probe: systemProbe,
    readings: readingsOf(parts.metrics, clock),
    yagura: (signal) =>
      yaguraFacts(
        {
          dataDirectory: parts.dataDirectory,
          resources,
          threadFile: parts.threadFile,
          now: () => clock.now(),
          settings,
          rules: () => ({ loaded: rules.rules.loaded.length, problems: rules.problems }),
          watching: parts.watching,
        },
        signal,
      ),
    outbound: parts.outbound,
    mask: () => {
      const current = masker();
      return (text) => current.preview(text).text;
    },
    observe: parts.observe,
    onChange: parts.onChange,
    onFault: parts.onFault,
  });
}

/** The engine's diagnosis, with the feed that faces watch. */
export function feedingDiagnosis(
  feeds: Feeds,
  parts: Omit<DiagnosisParts, 'onChange'>,
): { diagnosis: DiagnosisService; diagnosisChanges: Feed<DiagnosisState> } {
  const diagnosisChanges = feeds.feed<DiagnosisState>({
    name: 'feed.diagnosis',
    coalesce: 'newest',
    limit: 1,
    intervalMs: PUSH_MS,
  });
  const diagnosis = createDiagnosis({ ...parts, onChange: (state) => diagnosisChanges.publish([state]) });
  return { diagnosis, diagnosisChanges };
}

/** The newest run as the status board shows it. */
export function diagnosisGlance(latest: DiagnosisSummary | undefined): Status['diagnosis'] {
  if (latest === undefined) return undefined;
  const { security, performance } = latest.scores;
  return { at: latest.startedAt, security: security.score, performance: performance.score };
}

function languageIn({ display }: Settings): Language {
  const { env } = process;
  return display.language === 'system'
    ? languageOf(env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'])
    : display.language;
}

/** The engine's own metrics, as checks read them. */
function readingsOf(metrics: MetricStore | undefined, clock: Clock): MetricReadings {
  if (metrics === undefined) return { over: () => [] };
  return {
    over(name, minutes) {
      const to = clock.now();
      const range = { from: to - minutes * MINUTE_MS, to };
      return metrics.range([{ name }], range, minutes).flatMap(({ labels, values, maximums }) => {
        const seen = values.filter((value) => value !== null);
        const latest = seen.at(-1);
        if (latest === undefined) return [];
        const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
        const maximum = Math.max(...maximums.filter((value) => value !== null));
        const reading: MetricReading = { labels, latest, mean, maximum };
        return [reading];
      });
    },
  };
}
