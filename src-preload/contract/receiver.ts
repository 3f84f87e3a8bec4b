import { z } from 'zod';
import { MAX_TEXT_LENGTH, RECEIVED_CLASSES, type ListenerId } from './limits.ts';
import { call, type, type Message, type State, type Time } from './shared.ts';

/** Syslog facilities by number (RFC 5424, 6.2.1; `audit`, `alert` and `clock` as rsyslog and syslog-ng name them). */
export const SYSLOG_FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

const addressSchema = z.union([z.ipv4(), z.ipv6()]);
const classSchema = z.enum(RECEIVED_CLASSES);
const fileSchema = z.string().max(MAX_TEXT_LENGTH).default('');

/** Off, and on this machine only, unless the user says otherwise. Port 0: any free one. */
const listening = (port: number) => ({
  enabled: z.boolean().default(false),
  address: addressSchema.default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(port),
  /** Of lines whose sender and mapping say nothing. */
  class: z.enum(['none', ...RECEIVED_CLASSES]).default('none'),
});
/** PEM files of the user's. */
const identity = { certificate: fileSchema, key: fileSchema };

/** Programs or facilities whose lines belong to a class. All given parts must fit; the first entry that fits counts. */
const classRuleSchema = z
  .strictObject({
    facility: z.enum(SYSLOG_FACILITIES).optional(),
    /** Program of syslog or service of OTLP and JSON; `nginx*` takes all that begin so. */
    program: z.string().min(1).max(200).optional(),
    class: classSchema,
  })
  .refine((rule) => rule.facility !== undefined || rule.program !== undefined, {
    message: 'neither facility nor program is given',
  });

export const receiverSettingsSchema = z.strictObject({
  syslogUdp: z.strictObject(listening(5514)).prefault({}),
  syslogTcp: z.strictObject(listening(5514)).prefault({}),
  syslogTls: z
    .strictObject({
      ...listening(6514),
      ...identity,
      /** Only senders with a certificate of these authorities; empty: any sender. */
      clientAuthority: fileSchema,
    })
    .prefault({}),
  http: z
    .strictObject({
      ...listening(5580),
      ...identity,
      /** Key of a JSON record that may name its class. */
      classField: z.string().max(100).default('class'),
    })
    .prefault({}),
  otlp: z
    .strictObject({
      ...listening(4318),
      ...identity,
      /** Attribute of a resource that may name the class of its records. */
      classAttribute: z.string().max(200).default('log.class'),
    })
    .prefault({}),
  /** Addresses and ranges that may send; none: whoever reaches the port. */
  allow: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(1000)
    .default([]),
  classes: z
    .array(classRuleSchema)
    .max(200)
    .default([
      { facility: 'auth', class: 'security' },
      { facility: 'authpriv', class: 'security' },
    ]),
  /** IANA zone of syslog stamps that carry none; empty: this machine's. */
  timeZone: z.string().max(60).default(''),
  limits: z
    .strictObject({
      /** Longest syslog message; the rest of a longer one is cut off. */
      messageBytes: z.number().int().min(1024).max(1_048_576).default(65_536),
      /** Longest HTTP body, before and after decompression. */
      bodyBytes: z.number().int().min(65_536).max(67_108_864).default(8_388_608),
      /** Open connections per listener. */
      connections: z.number().int().min(1).max(5000).default(200),
      /** Seconds a request or a message may take to arrive. */
      arrivalSeconds: z.number().int().min(1).max(600).default(30),
      /** Messages a second from one address. */
      senderRate: z.number().int().min(1).max(1_000_000).default(20_000),
      /** Received and not yet stored, per listener. */
      queueBytes: z.number().int().min(65_536).max(268_435_456).default(16_777_216),
      /** Series of received metrics. */
      series: z.number().int().min(1).max(5000).default(1000),
    })
    .prefault({}),
});
export type ReceiverSettings = z.output<typeof receiverSettingsSchema>;

/** Why something that was sent is not kept. Words: `receiver.drop.<reason>`. */
export const DROP_REASONS = [
  /** The queue was full, or the disk too slow. */
  'full',
  /** Dropped by the operating system before we could read it (UDP on Linux). */
  'system',
  /** More than a sender may send a second. */
  'rate',
  /** From an address that may not send. */
  'notAllowed',
  /** Without the token, or with another. */
  'unauthorized',
  /** More connections than allowed. */
  'connections',
  /** Larger than allowed. */
  'tooLarge',
  /** Not what the protocol asks for. */
  'malformed',
  /** Points of metrics that were refused: of more series than allowed, too old, of a name of our own. */
  'series',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** A listener as the screen shows it. Counts are since the engine started. */
export interface ListenerState {
  id: ListenerId;
  enabled: boolean;
  /** `ok`: it listens. `error`: it should and can't. `unknown`: it is off. */
  state: State;
  /** Why it can't listen, and the setting at fault. */
  reason?: (Message & { field: string }) | undefined;
  /** It listens, and the user should know what that means; the gravest first. */
  warnings: Message[];
  address: string;
  /** The port it listens on; the one of the settings while it does not. */
  port: number;
  tls: boolean;
  /** Messages, records or points taken in. */
  received: number;
  /** Messages that were cut at the limit; kept. */
  cut: number;
  /** HTTP requests that were told to come again, since the queue was full or the sender too fast; nothing is lost. */
  deferred: number;
  dropped: number;
  dropsBy: Partial<Record<DropReason, number>>;
  connections: number;
  lastSender?: string | undefined;
  lastAt?: Time | undefined;
}

export interface ReceiverState {
  listeners: ListenerState[];
  /** When the token for HTTP and OTLP was made; absent: there is none, and nobody gets in. */
  tokenMadeAt?: Time | undefined;
}

export const receiverContract = {
  state: call.output(type<ReceiverState>()),
  /** Makes a new token for HTTP and OTLP; the one before opens nothing any more. Told this once: only its hash is kept. */
  rotateToken: call.output(type<{ token: string; madeAt: Time }>()),
};
