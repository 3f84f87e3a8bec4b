import { z } from 'zod';
import { severitySchema } from '../../../../src-preload/contract/shared.ts';
import { EVENT_KINDS } from '../../flow/event-batch.ts';
import { PLACES } from './text-view.ts';

/** Bounds of what a rule file may ask for. */
export const MAX_PATTERN_LENGTH = 4000;
const MAX_CAPACITY = 100_000;
const MAX_WINDOW_MS = 7 * 86_400_000;

/** Structural analysers of our own that a rule may name. */
const STRUCTURES = ['sql', 'html', 'shell', 'path'] as const;
export type StructureName = (typeof STRUCTURES)[number];

/** What a line means once a rule matched it. */
export type LineEvent = 'web_attack' | 'probe' | 'auth_failure' | 'auth_success' | 'access_denied';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10m`, `90s`, `12h`: milliseconds. */
const durationSchema = z
  .string()
  .regex(/^\d{1,6}(?:ms|s|m|h|d)$/, 'a duration such as 30s, 10m or 12h')
  .transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? 1))
  .refine((value) => value > 0 && value <= MAX_WINDOW_MS, 'between 1ms and 7d');

const common = {
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{2,79}$/, 'lower-case letters, digits, dots and dashes'),
  type: z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, 'lower-case letters, digits and underscores'),
  severity: severitySchema,
  confidence: z.number().min(0).max(1),
  mitre: z
    .array(z.string().regex(/^T\d{4}(?:\.\d{3})?$/))
    .max(10)
    .default([]),
  owasp: z
    .array(z.string().regex(/^A\d{2}:20\d{2}$/))
    .max(10)
    .default([]),
};

const patternText = z.string().min(1).max(MAX_PATTERN_LENGTH);

const patternSchema = z.union([
  patternText.transform((pattern) => ({ pattern, on: 'text' as const })),
  z.strictObject({
    pattern: patternText,
    /** `text` the whole field, `path` the path of a target, `values` every parameter value by itself. */
    on: z.enum(['text', 'path', 'values']).default('text'),
  }),
]);

const lineFixture = z.union([
  z.string().transform((text) => ({ text, in: 'target' as const })),
  z.strictObject({ text: z.string(), in: z.enum(PLACES) }),
]);

const fixturesOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    hits: z.array(item).min(1),
    misses: z.array(item).min(1),
    nearMisses: z.array(item).min(1),
  });

/** Looks at one field of one line, knows nothing of other lines. */
const lineRuleSchema = z.strictObject({
  kind: z.literal('line'),
  ...common,
  event: z.enum(['web_attack', 'probe']).default('web_attack'),
  on: z.array(z.enum(PLACES)).min(1).default(['target', 'agent', 'referer']),
  structure: z.enum(STRUCTURES).optional(),
  patterns: z.array(patternSchema).max(500).default([]),
  /** A match here is no attack after all. */
  except: z.array(patternText).max(100).default([]),
  /** The patterns can match a text of letters, digits and `/._-=&?` alone; others are not tried on such text. */
  plain: z.boolean().default(false),
  fixtures: fixturesOf(lineFixture),
});

const authHit = z.strictObject({
  message: z.string(),
  program: z.string().default(''),
  address: z.string().optional(),
  user: z.string().optional(),
});

/** Reads the meaning, address and user out of a message. The first rule that matches decides. */
const authRuleSchema = z.strictObject({
  kind: z.literal('auth'),
  ...common,
  /**
   * `probe`: somebody looks for what answers and does not try to sign in. `ignore`: the message means nothing, and no
   * later rule is asked.
   */
  event: z.enum(['auth_failure', 'auth_success', 'access_denied', 'probe', 'ignore']),
  /** Programs that write such messages, by the beginning of their name; empty: any. */
  programs: z.array(z.string().min(2).max(40)).max(40).default([]),
  /** Programs that have better rules of their own. */
  except_programs: z.array(z.string().min(2).max(40)).max(80).default([]),
  /** One of these (lower case) must be in the message before a pattern is tried. */
  contains: z.array(z.string().min(2).max(60)).max(80).default([]),
  /** Groups named `address` and `user` are taken over. Case-insensitive. */
  patterns: z.array(patternText).min(1).max(100),
  /** How most of these messages are written (see `MessageForm`): asked before the patterns, which read the same there. */
  forms: z.array(patternText).max(20).default([]),
  /** Counts towards a brute force only together with others: a page that asks for a password, a disconnect. */
  weak: z.boolean().default(false),
  /** Means something without an address too: su, sudo, the console. */
  local: z.boolean().default(false),
  fixtures: z.strictObject({
    hits: z.array(authHit).min(1),
    misses: z.array(authHit).min(1),
    nearMisses: z.array(authHit).min(1),
  }),
});

/** Dimensions of an event that buckets group by or tell apart. */
const DIMENSIONS = ['address', 'user', 'service', 'target', 'directory', 'agent'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Reasons why a full bucket is no attack after all; each is a function in guards.ts. */
const GUARDS = ['shared_address', 'steady_client', 'busy_gateway', 'broken_links'] as const;
export type GuardName = (typeof GUARDS)[number];

const bucketEvent = z.strictObject({
  kind: z.enum(EVENT_KINDS),
  /** `{n}` counts up with every repetition. */
  address: z.string().default('192.0.2.7'),
  user: z.string().default(''),
  service: z.string().default('sshd'),
  target: z.string().default('/'),
  agent: z.string().default('Mozilla/5.0'),
  status: z.number().int().default(0),
  weak: z.boolean().default(false),
  times: z.number().int().min(1).max(5000).default(1),
  every: durationSchema.default(1000),
  /** Time between the end of the entry before and this one. */
  after: durationSchema.optional(),
});
export type FixtureEvent = z.output<typeof bucketEvent>;

const bucketFixture = z.strictObject({ name: z.string(), events: z.array(bucketEvent).min(1).max(50) });

const share = z.number().min(0).max(1);

/** Counts events of a group over event time. */
const bucketRuleSchema = z
  .strictObject({
    kind: z.literal('bucket'),
    ...common,
    filter: z.strictObject({
      kinds: z.array(z.enum(EVENT_KINDS)).min(1),
      /** Only these status codes, as `404` or `4xx`. */
      status: z
        .array(z.string().regex(/^(?:\d{3}|[1-5]xx)$/))
        .max(20)
        .default([]),
      /** Only requests for pages: pictures, styles, scripts and fonts don't count. */
      pages: z.boolean().default(false),
      /** Only lines matched by a rule of these types. */
      types: z.array(z.string()).max(20).default([]),
      services: z.array(z.string()).max(20).default([]),
      except_services: z.array(z.string()).max(20).default([]),
      /** Only what lies in a directory that nobody was answered from. */
      unknown_directory: z.boolean().default(false),
      /** Leave out addresses from which several people have signed in. */
      unshared: z.boolean().default(false),
      /** Failures that are signs by themselves, those that are weak ones (a lost connection), or both. */
      strength: z.enum(['any', 'strong', 'weak']).default('any'),
    }),
    group_by: z.array(z.enum(DIMENSIONS)).max(3).default(['address']),
    /** Count different values of this dimension rather than events. */
    distinct: z.enum(DIMENSIONS).optional(),
    /** The event that makes this many acts. */
    capacity: z.number().int().min(1).max(MAX_CAPACITY),
    window: durationSchema.optional(),
    /** Instead of a window: the bucket loses one event per this time. */
    leak: durationSchema.optional(),
    /** What the events in the bucket must look like when it is full. */
    require: z
      .strictObject({
        /** At least this many events, where the capacity counts different values. */
        events: z.number().int().min(1).optional(),
        addresses: z.number().int().min(1).optional(),
        users: z.number().int().min(1).optional(),
        targets: z.number().int().min(1).optional(),
        agents: z.number().int().min(1).optional(),
        /** Share of events with a status of 400 and above. */
        error_share: share.optional(),
        /** Share of the most frequent target. */
        same_target_share: share.optional(),
        /** At most this share of the events comes from one address. */
        one_address_share: share.optional(),
        /** Times the usual rate of the same length. */
        times_usual: z.number().min(1).optional(),
        /** At most this share of sign-ins of the group succeeded. */
        success_share_below: share.optional(),
      })
      .default({}),
    unless: z.array(z.enum(GUARDS)).default([]),
    /** Quiet time after which the same group may raise a new finding. */
    blackhole: durationSchema.default(600_000),
    fixtures: fixturesOf(bucketFixture),
  })
  .refine((rule) => (rule.window === undefined) !== (rule.leak === undefined), {
    message: 'give either window or leak',
    path: ['window'],
  });

export const ruleFileSchema = z.strictObject({
  rules: z
    .array(z.discriminatedUnion('kind', [lineRuleSchema, authRuleSchema, bucketRuleSchema]))
    .min(1)
    .max(500),
});

export type Rule = z.output<typeof ruleFileSchema>['rules'][number];
export type LineRule = Extract<Rule, { kind: 'line' }>;
export type AuthRule = Extract<Rule, { kind: 'auth' }>;
export type BucketRule = Extract<Rule, { kind: 'bucket' }>;
