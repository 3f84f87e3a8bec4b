import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { requireProgram } from '../../../programs.ts';
import { run, type Run } from '../../../crash/yagura.ts';
import { makeCertificate, ReceivingEngine } from './receiving-engine.ts';

const NOBODY = 65_534;
let rsyslog: Run | undefined;
let engine: ReceivingEngine | undefined;
let directory = '';

afterEach(async () => {
  await rsyslog?.kill();
  await engine?.stop();
  rsyslog = undefined;
  engine = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** A rule set that reads lines appended to `<name>.log` and forwards them. */
const forwarding = (name: string, action: string): string => `
ruleset(name="${name}") {
  action(type="omfwd" target="127.0.0.1" ${action} action.resumeRetryCount="-1" action.resumeInterval="1"
         queue.type="LinkedList")
}
input(type="imfile" file="${join(directory, `${name}.log`)}" tag="orders[7]:" facility="local3" severity="warning"
      ruleset="${name}")`;

/** A real rsyslog with a configuration of its own, as a user without rights. */
function startRsyslog(rules: string, certificate = ''): void {
  const program = requireProgram('rsyslogd', 'rsyslog');
  chmodSync(directory, 0o777);
  const authority = certificate === '' ? '' : `defaultNetstreamDriverCAFile="${certificate}"`;
  const configuration = `
global(workDirectory="${directory}" net.enableDNS="off" localHostname="desk01" ${authority})
module(load="imfile")
${rules}
`;
  writeFileSync(join(directory, 'rsyslog.conf'), configuration);
  const user = process.getuid?.() === 0 ? { uid: NOBODY } : {};
  rsyslog = run(
    program,
    ['-n', '-f', join(directory, 'rsyslog.conf'), '-i', join(directory, 'rsyslog.pid')],
    user,
  );
}

const write = (name: string, from: number, to: number): void => {
  const lines = Array.from({ length: to - from }, (_, index) => `fill ${name} number ${from + index}\n`);
  appendFileSync(join(directory, `${name}.log`), lines.join(''));
};

test('a real rsyslog, over UDP and both framings of TCP, is received line by line', async () => {
  requireProgram('rsyslogd', 'rsyslog');
  directory = mkdtempSync(join(tmpdir(), 'yagura-rsyslog-'));
  engine = await ReceivingEngine.start(['syslogUdp', 'syslogTcp'], {
    classes: [{ facility: 'local3', program: 'ord*', class: 'trading' }],
  });
  const udp = await engine.portOf('syslogUdp');
  const tcp = await engine.portOf('syslogTcp');
  for (const name of ['udp', 'lines', 'counted']) write(name, 0, 100);
  startRsyslog(
    [
      forwarding('udp', `port="${udp}" protocol="udp"`),
      forwarding('lines', `port="${tcp}" protocol="tcp"`),
      forwarding(
        'counted',
        `port="${tcp}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"`,
      ),
    ].join('\n'),
  );
  for (const name of ['udp', 'lines', 'counted']) {
    const lines = await engine.until(`"fill ${name} number"`, 100);
    for (const [index, line] of lines.entries()) {
      // local3.warning is 19 × 8 + 4.
      expect(line).toMatch(
        /^<156>1 20\d\d-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d) desk01 orders(\[7\])? (7|-) - /,
      );
      expect(line).toContain(`[received from="127.0.0.1" class="trading"] fill ${name} number ${index}`);
    }
  }
  expect(await engine.listener('syslogUdp')).toMatchObject({
    received: 100,
    dropped: 0,
    lastSender: '127.0.0.1',
  });
  expect(await engine.listener('syslogTcp')).toMatchObject({ received: 200, dropped: 0, connections: 2 });
});

test('a real rsyslog over TLS, with the certificate of the settings, is received', async () => {
  requireProgram('rsyslogd', 'rsyslog');
  directory = mkdtempSync(join(tmpdir(), 'yagura-rsyslog-'));
  const { certificate, key } = await makeCertificate(directory);
  engine = await ReceivingEngine.start(['syslogTls'], {
    'syslogTls.certificate': certificate,
    'syslogTls.key': key,
  });
  write('secure', 0, 100);
  const driver =
    'StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="127.0.0.1" TCP_Framing="octet-counted"';
  startRsyslog(
    forwarding('secure', `port="${await engine.portOf('syslogTls')}" protocol="tcp" ${driver}`),
    certificate,
  );
  expect(await engine.until('"fill secure number"', 100)).toHaveLength(100);
  expect(await engine.listener('syslogTls')).toMatchObject({ received: 100, tls: true, connections: 1 });
});
