import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';
import { failed, passed } from '../verdict.ts';
import { halfOf, type LookAt } from './kind.ts';

const DAY_MS = 86_400_000;

/** The certificate is trusted, is for that name, and lasts at least so many days. */
export const lookAtTls: LookAt<'tls'> = async (check, { outbound, signal, now, authorities }) => {
  const { host, port, days, timeoutMs } = check;
  const destination = `${host}:${port}`;
  const seen = await handshake(
    host,
    port,
    authorities(),
    AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  );
  outbound.record('certificate', destination, 'problem' in seen ? 'failed' : 'ok');
  const parameters = { destination, host };
  if ('problem' in seen)
    return failed([{ text: seen.problem, place: destination }], { found: 'noAnswer', parameters });
  const { certificate, untrusted } = seen;
  const until = Date.parse(certificate.valid_to);
  const left = Math.floor((until - now()) / DAY_MS);
  const evidence = [
    { text: `subject ${nameOf(certificate.subject.CN)}`, place: destination },
    { text: `issuer ${nameOf(certificate.issuer.CN)}`, place: destination },
    {
      text: `valid to ${Number.isNaN(until) ? certificate.valid_to : new Date(until).toISOString()}`,
      place: destination,
    },
  ];
  const all = { ...parameters, days: left, wanted: days };
  if (left < 0 || Number.isNaN(until)) return failed(evidence, { found: 'expired', parameters: all });
  if (untrusted !== undefined)
    return failed([...evidence, { text: untrusted, place: destination }], {
      found: 'untrusted',
      parameters: all,
    });
  const otherName = checkServerIdentity(host, certificate);
  if (otherName !== undefined)
    return failed([...evidence, { text: otherName.message, place: destination }], {
      found: 'otherName',
      parameters: all,
    });
  if (left < days)
    return failed(evidence, { found: 'soon', parameters: all, points: halfOf(check), severity: 'warning' });
  return passed(evidence, { parameters: all });
};

function nameOf(name: string | string[] | undefined): string {
  return name === undefined ? '–' : String(name);
}

type Handshake =
  | { problem: string }
  /** `untrusted`: why no authority vouches for it. */
  | { certificate: PeerCertificate; untrusted: string | undefined };

/** Only the handshake: nothing is sent over the connection, so one that is not trusted may be looked at. */
function handshake(
  host: string,
  port: number,
  ca: string[] | undefined,
  signal: AbortSignal,
): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(ca === undefined ? {} : { ca }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const end = (seen: Handshake): void => {
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve(seen);
    };
    const late = (): void => end({ problem: 'timeout' });
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      // Names are judged by us: Node's verdict on them comes only with rejectUnauthorized.
      const reason = socket.authorized ? undefined : String(socket.authorizationError);
      end({ certificate, untrusted: reason === 'ERR_TLS_CERT_ALTNAME_INVALID' ? undefined : reason });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => end({ problem: error.code ?? error.message }));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
}
