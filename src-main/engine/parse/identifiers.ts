import type { IdentifierKind as Kind, LineIdentifier } from '../../../src-preload/contract/logs.ts';

/*
 * Ids that tie lines together: W3C trace context, OpenTelemetry, Zipkin B3, Jaeger, Datadog, AWS X-Ray, and what programs
 * commonly call request and session. A value counts only where its name says what it is, or where its shape does.
 */

/** Names in lower case without `_`, `-` and `.`; the last parts of a nested key count too (`ctx.trace_id`). */
const NAMES: ReadonlyMap<string, Kind> = new Map(
  Object.entries<string>({
    trace: 'trace traceid xb3traceid ddtraceid oteltraceid xtraceid amznroot',
    span: 'span spanid xb3spanid ddspanid otelspanid',
    parentSpan: 'parentid parentspanid parentspan xb3parentspanid ddparentid',
    request:
      'requestid xrequestid reqid correlationid xcorrelationid xcorrelation amznrequestid transactionid',
    session: 'session sessionid sessid xsessionid phpsessid jsessionid',
  }).flatMap(([kind, names]) => names.split(' ').map((name): [string, Kind] => [name, kind as Kind])),
);

/** `00-<trace>-<span>-<flags>`: W3C trace context. */
const TRACE_PARENT = /(?<![0-9a-f])00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?![0-9a-f])/i;
/** `<trace>:<span>:<parent>:<flags>`: Jaeger. */
const JAEGER = /^([0-9a-f]{16,32}):([0-9a-f]{8,16}):([0-9a-f]{1,16}):[0-9a-f]{1,2}$/i;
/** Named ids in running text: `request id: 4f2a`, `[X-Request-Id=…]`. */
const IN_TEXT =
  /(?<![\w-])((?:x[-_])?(?:trace|span|parent|request|req|correlation|session)[-_ ]?id)["']?\s*[:=]\s*["']?([\w.:+/=@-]{4,128})/gi;
const VALUE = /^[\w.:+/=@{}-]{4,128}$/;
/** A word that stands where an id would: `session=opened`, `trace=null`. Eight hexadecimal letters are an id. */
const NO_ID = /^(?:(?![0-9a-f]{8,}$)[a-z]+|[-:0]+)$/i;
const LONGEST_TEXT = 20_000;
/** A line that names more is none that a person reads. */
const MAX_IDENTIFIERS = 20;

/** Finds the ids of a line among its fields and in its text, each once. */
export function identifiersOf(
  text: string,
  fields: readonly { name: string; value: string }[],
): LineIdentifier[] {
  const found = new Map<string, LineIdentifier>();
  const add = (kind: Kind, name: string, value: string): void => {
    const key = `${kind}:${value.toLowerCase()}`;
    if (found.size < MAX_IDENTIFIERS && !found.has(key) && isId(value)) found.set(key, { kind, name, value });
  };
  const parent = TRACE_PARENT.exec(text.slice(0, LONGEST_TEXT));
  if (parent !== null) {
    add('trace', 'traceparent', parent[1] ?? '');
    add('span', 'traceparent', parent[2] ?? '');
  }
  for (const { name, value } of fields) addField(name, value, add);
  for (const [, name = '', value = ''] of text.slice(0, LONGEST_TEXT).matchAll(IN_TEXT)) {
    const kind = kindOf(name.replaceAll(' ', ''));
    if (kind !== undefined) add(kind, name, value.replace(/[.:,]+$/, ''));
  }
  return [...found.values()];
}

function addField(name: string, value: string, add: (kind: Kind, name: string, value: string) => void): void {
  const kind = kindOf(name);
  const jaeger = name.toLowerCase().endsWith('uber-trace-id') ? JAEGER.exec(value) : null;
  if (jaeger !== null) {
    add('trace', name, jaeger[1] ?? '');
    add('span', name, jaeger[2] ?? '');
    add('parentSpan', name, jaeger[3] ?? '');
  } else if (kind !== undefined) add(kind, name, value);
}

function kindOf(name: string): Kind | undefined {
  const parts = name.toLowerCase().replaceAll(/[-_]/g, '').split('.');
  for (let from = Math.max(0, parts.length - 3); from < parts.length; from += 1) {
    const kind = NAMES.get(parts.slice(from).join(''));
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function isId(value: string): boolean {
  return VALUE.test(value) && !NO_ID.test(value);
}
