import { z } from 'zod';
import { componentCheckSchema } from './diagnosis.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';
import { customFormatSchema } from './log-formats.ts';
import { LOG_CLASSES } from './log-classes.ts';
import { ENCODINGS } from './log-sources.ts';
import { maskingRulesSchema } from './masking.ts';
import { receiverSettingsSchema } from './receiver.ts';
import { reportScheduleSchema } from './reports.ts';
import { call, pushes, severitySchema, timeZoneSchema, type, type Message } from './shared.ts';

const retentionSchema = z.object({
  days: z.number().int().min(1).max(3650),
  maxBytes: z.number().int().min(1_000_000),
});

const bandSchema = z
  .object({ warn: z.number(), critical: z.number() })
  .refine((band) => band.warn <= band.critical, {
    message: 'warn is above critical',
    path: ['warn'],
  });

/** A log source the user added. */
const userSourceSchema = z.object({
  /** File, folder or pattern, or `ssh://user@host:port/path`. */
  path: z.string().min(1).max(MAX_TEXT_LENGTH),
  class: z.enum(LOG_CLASSES).optional(),
  /** IANA zone of stamps that carry none; else this machine's. */
  timeZone: timeZoneSchema.optional(),
  /** Year of stamps that carry none; else inferred from the file's last change. */
  year: z.number().int().min(1970).max(9999).optional(),
  /** What the bytes are written in; else found out. */
  encoding: z.enum(ENCODINGS).optional(),
  /** A format of `logs.formats`, by its name; tried before those that are known. */
  format: z.string().max(40).optional(),
  /** Key file for `ssh`; else its own configuration decides. */
  identity: z.string().min(1).max(MAX_TEXT_LENGTH).optional(),
  /** Seconds between two looks at the files, where changes are not reported; else found out. */
  poll: z.number().min(0.5).max(3600).optional(),
  enabled: z.boolean().default(true),
});

/**
 * The settings file, one schema for file, screen and terminal. Every field has a default, so an empty file is valid.
 * Defaults come from SPEC's decision table. Strict: an unknown field is an error that names it.
 */
export const settingsSchema = z.strictObject({
  display: z
    .strictObject({
      language: z.enum(['system', 'ja', 'en']).default('system'),
      theme: z.enum(['system', 'dark', 'light']).default('dark'),
    })
    .prefault({}),
  desktop: z
    .strictObject({
      /** The first-run screen was gone through. */
      welcomed: z.boolean().default(false),
      /** What closing the window does; `ask` until the user has chosen. */
      whenClosed: z.enum(['ask', 'hide', 'quit']).default('ask'),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      /** Seconds between two collections. */
      interval: z.number().int().min(1).max(60).default(5),
      /** Server asked for the time, `host[:port]`; empty: only the system's own clock state is read, nothing is sent. */
      ntpServer: z.string().max(253).default(''),
    })
    .prefault({}),
  logs: z
    .strictObject({
      /** Find this machine's own logs. */
      discover: z.boolean().default(true),
      /** Found logs the user switched off, by path. */
      disabled: z.array(z.string().max(MAX_TEXT_LENGTH)).max(1000).default([]),
      /** Sources whose reading stands still, by path. */
      paused: z.array(z.string().max(MAX_TEXT_LENGTH)).max(1000).default([]),
      sources: z.array(userSourceSchema).max(1000).default([]),
      /** Formats of the user's own. */
      formats: z
        .array(customFormatSchema)
        .max(100)
        .refine((all) => new Set(all.map((each) => each.name)).size === all.length, {
          message: 'two formats have the same name',
        })
        .default([]),
    })
    .superRefine(({ sources, formats }, context) => {
      const names = new Set(formats.map((each) => each.name));
      for (const [index, { format }] of sources.entries()) {
        if (format === undefined || names.has(format)) continue;
        const message = `no format is named "${format}"`;
        context.addIssue({ code: 'custom', path: ['sources', index, 'format'], message });
      }
    })
    .prefault({}),
  /** What others may send to this machine; all of it off by default. */
  receiver: receiverSettingsSchema.prefault({}),
  masking: z
    .strictObject({
      /** Passwords, tokens, keys, card numbers. */
      secrets: z.boolean().default(true),
      /** User names become keyed pseudonyms. */
      users: z.boolean().default(false),
      /** What else: patterns and fields of the user's own. */
      rules: maskingRulesSchema.default([]),
    })
    .prefault({}),
  detection: z
    .strictObject({
      /** Addresses and ranges never taken for an attacker. */
      allowlist: z.array(z.string().max(64)).max(10_000).default([]),
      /** Proxies whose X-Forwarded-For is believed. */
      trustedProxies: z.array(z.string().max(64)).max(1000).default([]),
    })
    .prefault({}),
  thresholds: z
    .strictObject({
      cpuPercent: bandSchema.default({ warn: 80, critical: 90 }),
      memoryPercent: bandSchema.default({ warn: 85, critical: 90 }),
      diskPercent: bandSchema.default({ warn: 85, critical: 90 }),
      /** Share of requests answered with a status from 500 on. */
      errorPercent: bandSchema.default({ warn: 1, critical: 5 }),
      /** 95th percentile of the time requests take. */
      latencySeconds: bandSchema.default({ warn: 2, critical: 10 }),
    })
    .prefault({}),
  notifications: z
    .strictObject({
      desktop: z.boolean().default(true),
      /** Least severity that is shown as a desktop notification. */
      minimumSeverity: severitySchema.default('error'),
    })
    .prefault({}),
  diagnosis: z
    .strictObject({
      /** Parts of the trading system that a diagnosis looks at. */
      components: z.array(componentCheckSchema).max(200).default([]),
    })
    .prefault({}),
  reports: z
    .strictObject({
      /** Printed on every page, e.g. `Internal use only`; empty: the language's default. */
      classification: z.string().max(100).default(''),
      schedules: z
        .array(reportScheduleSchema)
        .max(50)
        .refine((all) => new Set(all.map((each) => each.name)).size === all.length, {
          message: 'two schedules have the same name',
        })
        .default([]),
    })
    .prefault({}),
  retention: z
    .strictObject({
      metrics: z
        .strictObject({
          rawDays: z.number().int().min(1).max(365),
          minuteDays: z.number().int().min(1).max(3650),
          hourDays: z.number().int().min(1).max(36_500),
        })
        .default({ rawDays: 7, minuteDays: 90, hourDays: 730 }),
      application: retentionSchema.default({ days: 30, maxBytes: 20_000_000_000 }),
      access: retentionSchema.default({ days: 90, maxBytes: 40_000_000_000 }),
      audit: retentionSchema.default({ days: 365, maxBytes: 12_000_000_000 }),
      /** Lines are written into files before their partition is deleted for its age or size. */
      archive: z
        .strictObject({
          enabled: z.boolean().default(false),
          /** Folder of the archives; empty: `archive` in the data directory. */
          directory: z.string().max(MAX_TEXT_LENGTH).default(''),
          classes: z
            .array(z.enum(LOG_CLASSES))
            .max(LOG_CLASSES.length)
            .default([...LOG_CLASSES]),
          /** AES-256-GCM, with a key in the system's keychain or in `keyFile`. */
          encrypt: z.boolean().default(true),
          /** File with the key, for an engine without a window; empty: the keychain. Only its owner may read it. */
          keyFile: z.string().max(MAX_TEXT_LENGTH).default(''),
          /** Days an archive is kept after its last line; 0: for ever. */
          days: z.number().int().min(0).max(36_500).default(0),
        })
        .prefault({}),
    })
    .prefault({}),
});
export type Settings = z.output<typeof settingsSchema>;
/** What a file or a person may write: everything optional. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** A fault in a settings file; the last good settings stay in force. */
export interface SettingsProblem {
  file: string;
  /** 1-based. */
  line: number;
  /** Dotted path, e.g. `retention.access.days`. */
  field: string;
  message: Message;
}

export interface SettingsState {
  settings: Settings;
  /** The user's file, where changes made on screen are written. */
  file: string;
  /** Fields fixed on the command line, as dotted paths: shown read-only. */
  locked: string[];
  problems: SettingsProblem[];
  /** Changes with every accepted change; an update names the revision it was made on. */
  revision: number;
}

export const settingsContract = {
  get: call.output(type<SettingsState>()),
  /** Sets single fields by dotted path; refused as CONFLICT when `revision` is not the current one. */
  update: call
    .input(
      z.object({
        revision: z.number().int().min(0),
        changes: z
          .array(z.object({ path: z.string().min(1).max(200), value: z.json() }))
          .min(1)
          .max(200),
      }),
    )
    .output(type<SettingsState>()),
  watch: call.output(pushes<SettingsState>()),
};
