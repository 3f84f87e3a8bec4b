import { z } from 'zod';
import { AUDIT_FAULTS } from '../../../src-preload/contract/audit.ts';
import type {
  YaguraFactName,
  YaguraFacts,
  YaguraFactTable,
} from '../../../src-main/engine/diagnose/checks/yagura/facts.ts';
import type { ProbeAnswer } from '../../../src-main/engine/diagnose/host-probe.ts';

const time = z.iso.datetime().transform((text) => Date.parse(text));

/** What Yagura would tell of itself; what is not named is `absent`. */
export const recordedFactsSchema = z.strictObject({
  now: time.prefault('2026-11-21T00:00:00Z'),
  /** Facts that fail, and how. */
  failures: z
    .record(z.string(), z.enum(['absent', 'forbidden', 'timeout', 'tooLarge', 'failed']))
    .default({}),
  known: z
    .strictObject({
      integrity: z.strictObject({
        files: z.array(z.strictObject({ path: z.string(), problem: z.string().optional() })),
        setAside: z.array(z.string()).default([]),
        skipped: z.number().default(0),
      }),
      detection: z.strictObject({
        found: z.array(z.string()),
        missed: z.array(z.string()).default([]),
        falseAlarms: z.array(z.string()).default([]),
      }),
      rules: z.strictObject({ loaded: z.number(), problems: z.array(z.string()).default([]) }),
      backups: z.strictObject({ newestAt: time.optional(), count: z.number() }),
      directory: z.strictObject({
        path: z.string(),
        open: z.array(z.strictObject({ path: z.string(), mode: z.number() })).default([]),
        looked: z.number(),
      }),
      space: z.strictObject({ freeBytes: z.number(), totalBytes: z.number(), usedBytes: z.number() }),
      masking: z.strictObject({ secrets: z.boolean(), users: z.boolean() }),
      sources: z.array(z.strictObject({ name: z.string(), seen: z.boolean(), lastSeenAt: time.optional() })),
      drops: z.strictObject({
        queues: z.array(z.strictObject({ name: z.string(), dropped: z.number() })),
        looked: z.number(),
      }),
      retention: z.array(z.strictObject({ name: z.string(), days: z.number(), maxBytes: z.number() })),
      audit: z.strictObject({
        intact: z.boolean(),
        entries: z.number(),
        head: z.strictObject({ number: z.number(), hash: z.string() }),
        faults: z.array(z.strictObject({ kind: z.enum(AUDIT_FAULTS), number: z.number() })).default([]),
      }),
    })
    .partial()
    .default({}),
});

/** Yagura as a recording tells of it. */
export function recordedFacts({ now, failures, known }: z.output<typeof recordedFactsSchema>): YaguraFacts {
  return {
    now,
    ask<Name extends YaguraFactName>(name: Name): Promise<ProbeAnswer<YaguraFactTable[Name]>> {
      const table: { [Each in YaguraFactName]?: YaguraFactTable[Each] | undefined } = known;
      const value = table[name];
      if (value !== undefined) return Promise.resolve({ ok: true, value });
      return Promise.resolve({ ok: false, why: failures[name] ?? 'absent', detail: name });
    },
  };
}
