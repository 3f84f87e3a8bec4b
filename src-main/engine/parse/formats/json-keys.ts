import { FIELD, type FieldCode } from '../../flow/parsed-batch.ts';
import type { DurationUnit } from '../duration.ts';

/** What a key of a JSON line means: one of the batch's fields, or one of its typed columns. */
export type KeyRole =
  | { kind: 'field'; field: FieldCode }
  /** `event` is structlog's name for the message, and others' for something less. */
  | { kind: 'time' | 'level' | 'numericLevel' | 'status' | 'size' | 'event' | 'requestTime' }
  | { kind: 'duration'; unit: DurationUnit };

/**
 * Names people give their keys, as paths: lower case, without `_`, `-`, `@` and `$`. Nested objects join with a dot, as
 * do flattened keys, so `{"http":{"request":{"method":…}}}` and `"http.request.method"` are one name.
 * Sources: Elastic Common Schema, OpenTelemetry, pino, bunyan, winston, zap, zerolog, logrus, Serilog, python-json-logger,
 * Docker, Kubernetes audit, Caddy, Traefik, Kong, nginx's usual JSON formats, CloudTrail, Google Cloud.
 */
const KEYS: Record<
  | keyof typeof FIELD
  | 'time'
  | 'level'
  | 'numericLevel'
  | 'status'
  | 'size'
  | 'event'
  | 'requestTime'
  | 'duration'
  | 'durationSeconds'
  | 'durationMilliseconds'
  | 'durationNanoseconds',
  string
> = {
  time: 'time timestamp ts t datetime date asctime eventtime logtime startedat starttime startutc timelocal timeiso8601 requestreceivedtimestamp stagetimestamp realtimetimestamp msec instant.epochsecond record.time.timestamp time.timestamp datetimeutc',
  level:
    'level severity lvl loglevel log.level levelname severitytext l priority errorseverity record.level.name level.name at',
  numericLevel: 'levelno',
  message:
    'message msg log text body event.original short.message shortmessage fullmessage error.message err.msg err.message messagetemplate mt m textpayload jsonpayload.message fields.message record.message logmessage',
  address:
    'ip clientip client.ip client.address remoteaddr remoteaddress remoteip remotehost request.remoteip request.clientip request.remoteaddr request.remoteaddress req.remoteaddress req.ip source.ip source.address sourceip sourceipaddress sourceips srcip src.ip clientaddr clientaddress clienthost httprequest.remoteip peeraddress useraddress ipaddress rhost network.client.ip net.peer.ip visitorip address fwd',
  user: 'user username user.name user.username user.id userid userlogin login account accountname remoteuser request.user req.user useridentity.username usr auth.user uid principal enduser.id actor',
  program:
    'service service.name servicename logger loggername log.logger name app application appname component program process.name syslogidentifier module source container.name source.program category record.name loggername.name',
  method:
    'method httpmethod requestmethod http.request.method http.method request.method req.method httprequest.requestmethod verb',
  target:
    'path uri url requesturi requestpath requesturl httppath httpuri httpurl url.original url.path url.full http.url http.target http.path request.uri request.url request.path req.url req.path httprequest.requesturl target endpoint',
  agent:
    'useragent httpuseragent useragent.original request.headers.useragent req.headers.useragent headers.useragent request.useragent httprequest.useragent http.useragent agent requestuseragent http.request.headers.useragent',
  referer:
    'referer referrer httpreferer httpreferrer request.headers.referer req.headers.referer headers.referer httprequest.referer http.request.referrer requestreferer',
  forwarded:
    'xforwardedfor httpxforwardedfor forwardedfor request.headers.xforwardedfor req.headers.xforwardedfor headers.xforwardedfor requestxforwardedfor',
  status:
    'status statuscode httpstatus httpstatuscode responsestatus responsestatuscode http.response.statuscode http.statuscode response.status response.statuscode res.statuscode res.status httprequest.status downstreamstatus responsecode responsestatus.code code',
  size: 'size bytes bytessent bodybytessent responsesize http.response.body.bytes http.response.bytes response.size downstreamcontentsize httprequest.responsesize contentlength byteswritten',
  event: 'event',
  /** Of CloudTrail when it was, of nginx how long it took. */
  requestTime: 'requesttime',
  duration:
    'duration latency elapsed took timetaken request.duration http.duration http.request.duration httprequest.latency',
  durationSeconds: 'durationseconds durationsec latencyseconds responsetimeseconds elapsedseconds',
  durationMilliseconds:
    'durationms latencyms responsetime responsetimems elapsedms tookms requesttimems timetakenms latencies.request',
  durationNanoseconds: 'durationns latencyns event.duration',
};

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Hash of no key: what a top-level key's path starts from. */
export const ROOT_PATH = OFFSET_BASIS;

const DROPPED = new Set(Buffer.from('_-@$'));

/**
 * Extends a path by a key (FNV-1a over its folded bytes). Paths are compared by this hash alone: with some 750 paths a
 * stranger's key is taken for one of them once in five million keys.
 */
export function extendPath(path: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = path === ROOT_PATH ? path : mix(path, 46);
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (!DROPPED.has(byte)) hash = mix(hash, byte >= 65 && byte <= 90 ? byte | 32 : byte);
  }
  return hash;
}

function mix(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, PRIME) >>> 0;
}

const roles = new Map<number, KeyRole>();
for (const [name, paths] of Object.entries(KEYS)) {
  for (const path of paths.split(' ')) {
    // OpenTelemetry's records have their own keys one level down.
    for (const full of [path, `attributes.${path}`, `resource.${path}`]) {
      const bytes = Buffer.from(full);
      roles.set(extendPath(ROOT_PATH, bytes, 0, bytes.length), roleNamed(name));
    }
  }
}

/** What a name means that a person gives a key: a field's, or `time`, `level`, `status`, `size`. */
export function roleNamed(name: string): KeyRole {
  switch (name) {
    case 'time':
    case 'level':
    case 'numericLevel':
    case 'status':
    case 'size':
    case 'event':
    case 'requestTime':
      return { kind: name };
    case 'duration':
      return { kind: 'duration', unit: 'guess' };
    case 'durationSeconds':
      return { kind: 'duration', unit: 'seconds' };
    case 'durationMilliseconds':
      return { kind: 'duration', unit: 'milliseconds' };
    case 'durationNanoseconds':
      return { kind: 'duration', unit: 'nanoseconds' };
    default:
      return { kind: 'field', field: fieldNamed(name) };
  }
}

function fieldNamed(name: string): FieldCode {
  for (const [known, code] of Object.entries(FIELD)) if (known === name) return code;
  throw new Error(`No field is named ${name}`);
}

/** What the key at this path means, if anything. */
export function roleOfPath(path: number): KeyRole | undefined {
  return roles.get(path);
}
