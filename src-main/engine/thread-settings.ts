import type { LogClass } from '../../src-preload/contract/log-classes.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { PipelineOptions } from './pipeline.ts';
import type { RuleLibrary } from './rule-library.ts';

/** What the threads of the log pipeline need of settings and rules. */
export function threadSettings(
  { masking, detection, retention, logs }: Settings,
  rules: RuleLibrary,
  maskingKey: string,
): Pick<PipelineOptions, 'worker' | 'writer'> {
  return {
    worker: {
      masking: { ...masking, key: maskingKey },
      rules: rules.loaded,
      trustedProxies: detection.trustedProxies,
      formats: logs.formats,
    },
    writer: {
      rules: rules.loaded,
      allowlist: detection.allowlist,
      retention,
      archived: archivedClasses(retention),
    },
  };
}

/** Classes whose partitions may not be deleted without an archive. */
export function archivedClasses({ archive }: Settings['retention']): LogClass[] {
  return archive.enabled ? archive.classes : [];
}
