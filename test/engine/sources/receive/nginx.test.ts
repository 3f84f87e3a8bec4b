import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { callLimit } from '../../../../src-main/wire/engine-client.ts';
import { freePort } from '../../../free-port.ts';
import { requireProgram } from '../../../programs.ts';
import { run, type Run } from '../../../crash/yagura.ts';
import { PATIENCE, ReceivingEngine } from './receiving-engine.ts';

let nginx: Run | undefined;
let engine: ReceivingEngine | undefined;
let directory = '';
afterEach(async () => {
  nginx?.child.kill('SIGTERM');
  await nginx?.ended;
  await engine?.stop();
  nginx = undefined;
  engine = undefined;
  rmSync(directory, { recursive: true, force: true });
});

test('a real nginx with access_log syslog, is seen as requests and attacks in them are found', async () => {
  const program = requireProgram('nginx', 'nginx-light');
  directory = mkdtempSync(join(tmpdir(), 'yagura-nginx-'));
  chmodSync(directory, 0o777);
  engine = await ReceivingEngine.start(['syslogUdp'], { 'syslogUdp.class': 'api' });
  const port = await freePort();
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr;
    events { worker_connections 16; }
    http {
      ${places.join(' ')}
      access_log syslog:server=127.0.0.1:${await engine.portOf('syslogUdp')},nohostname,tag=nginx,facility=local7,severity=info combined;
      server { listen 127.0.0.1:${port}; return 204; }
    }`,
  );
  nginx = run(program, ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr']);
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${url}/first`), PATIENCE);
  for (let index = 0; index < 5; index += 1) await fetch(`${url}/orders/${index}?token=abc`);
  await fetch(`${url}/search?q=1%27%20UNION%20SELECT%20password%20FROM%20users--`);
  const [line = ''] = await engine.until('/orders/3', 1);
  expect(line).toMatch(
    /^<190>1 \S+ 127\.0\.0\.1 nginx - - \[received from="127\.0\.0\.1" class="api"\] 127\.0\.0\.1 - - \[.* "GET \/orders\/3/,
  );
  const { lines } = await engine.client.logs.search({ filter: { text: '/orders/3' } }, callLimit());
  expect(lines[0]).toMatchObject({ address: '127.0.0.1', sourceId: 'receiver:syslogUdp' });
  expect(lines[0]?.id).toMatch(/^access\//);
  const day = { from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 };
  await vi.waitFor(async () => {
    const found = await engine?.client.threats.findings({ range: day }, callLimit());
    expect(JSON.stringify(found)).toMatch(/sql/i);
  }, PATIENCE);
});
