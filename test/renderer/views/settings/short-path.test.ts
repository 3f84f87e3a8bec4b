import { expect, it } from 'vitest';
import { shortPath } from '../../../../src-renderer/views/settings/short-path.ts';

it.each([
  ['/var/log/auth.log', '/var/log/auth.log'],
  ['/srv/shop/production/logs/access.log', '…/logs/access.log'],
  ['C:\\ProgramData\\Shop\\logs\\access.log', '…\\logs\\access.log'],
  ['ssh://ops@gateway.example/var/log/syslog', 'gateway.example…/syslog'],
  ['ssh://ops@10.0.0.7:2222/var/log/syslog', '10.0.0.7:2222…/syslog'],
  ['syslog+udp://127.0.0.1:5514', 'udp://127.0.0.1:5514'],
  ['http://127.0.0.1:5580/v1/lines', '127.0.0.1:5580…/lines'],
])('of %s, the table shows %s', (path, short) => {
  expect(shortPath(path)).toBe(short);
});
