import type { ListenerState } from '../../../src-preload/contract/receiver.ts';

/** How some program is told to send here: text for its configuration or a shell. Words: `receiver.howTo.<id>`. */
export interface Snippet {
  id: 'logger' | 'rsyslog' | 'nginx' | 'curl' | 'fluentBit' | 'openTelemetry' | 'collector';
  text: string;
}

/** Shown where a listener takes any of this machine's addresses: the sender has to put in the one it reaches. */
const ANY = new Set(['0.0.0.0', '::']);
/** The token is shown once and is in no snippet: it comes from the sender's environment. */
const TOKEN = '${YAGURA_TOKEN}';

export function snippetsOf({ id, address, port, tls }: ListenerState): Snippet[] {
  const host = ANY.has(address) ? 'YOUR_ADDRESS' : address;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const url = `${tls ? 'https' : 'http'}://${place}`;
  switch (id) {
    case 'syslogUdp':
      return [
        { id: 'logger', text: `logger --server ${host} --port ${port} --udp "Hello from $(hostname)"` },
        { id: 'rsyslog', text: rsyslog(host, port, 'protocol="udp"') },
        { id: 'nginx', text: `access_log syslog:server=${place},tag=nginx combined;` },
      ];
    case 'syslogTcp':
      return [
        { id: 'logger', text: `logger --server ${host} --port ${port} --tcp "Hello from $(hostname)"` },
        { id: 'rsyslog', text: rsyslog(host, port, 'protocol="tcp" TCP_Framing="octet-counted"') },
        { id: 'fluentBit', text: fluentBitSyslog(host, port) },
      ];
    case 'syslogTls':
      return [{ id: 'rsyslog', text: rsyslogTls(host, port) }];
    case 'http':
      return [
        { id: 'curl', text: curl(url) },
        { id: 'fluentBit', text: fluentBitHttp(host, port, tls) },
      ];
    case 'otlp':
      return [
        { id: 'openTelemetry', text: openTelemetry(url) },
        { id: 'collector', text: collector(url) },
      ];
  }
}

function rsyslog(host: string, port: number, rest: string): string {
  return `*.* action(type="omfwd" target="${host}" port="${port}" ${rest}
           template="RSYSLOG_SyslogProtocol23Format"
           action.resumeRetryCount="-1" queue.type="LinkedList")`;
}

function rsyslogTls(host: string, port: number): string {
  return `global(defaultNetstreamDriverCAFile="/etc/ssl/yagura.crt")
${rsyslog(host, port, 'protocol="tcp" TCP_Framing="octet-counted"\n           StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name"')}`;
}

function curl(url: string): string {
  return `curl ${url}/v1/lines -H "Authorization: Bearer ${TOKEN}" \\
  -H 'Content-Type: application/json' -d '{"level":"info","message":"hello","class":"trading"}'`;
}

function fluentBitSyslog(host: string, port: number): string {
  return `[OUTPUT]
    Name                 syslog
    Match                *
    Host                 ${host}
    Port                 ${port}
    Mode                 tcp
    Syslog_Format        rfc5424
    Syslog_Message_Key   log`;
}

function fluentBitHttp(host: string, port: number, tls: boolean): string {
  return `[OUTPUT]
    Name     http
    Match    *
    Host     ${host}
    Port     ${port}
    URI      /v1/lines
    Format   json_lines
    Compress gzip
    Header   Authorization Bearer ${TOKEN}
    tls      ${tls ? 'on' : 'off'}`;
}

function openTelemetry(url: string): string {
  return `export OTEL_EXPORTER_OTLP_ENDPOINT=${url}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20${TOKEN}"
export OTEL_RESOURCE_ATTRIBUTES=log.class=trading`;
}

function collector(url: string): string {
  return `exporters:
  otlphttp/yagura:
    endpoint: ${url}
    headers:
      Authorization: Bearer \${env:YAGURA_TOKEN}
service:
  pipelines:
    logs: { receivers: [otlp], exporters: [otlphttp/yagura] }
    metrics: { receivers: [otlp], exporters: [otlphttp/yagura] }`;
}
