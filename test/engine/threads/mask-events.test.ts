import { describe, expect, it } from 'vitest';
import { createLineDetector } from '../../../src-main/engine/detect/intrusion/line-detector.ts';
import { loadRules } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { textOfIpv4 } from '../../../src-main/engine/flow/ipv4.ts';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { createLineParser } from '../../../src-main/engine/parse/line-parser.ts';
import { createMasker } from '../../../src-main/engine/parse/mask.ts';
import { maskEvents } from '../../../src-main/engine/threads/mask-events.ts';

const NOW = Date.UTC(2026, 10, 21);
const { rules } = loadRules('resources');

function evidence(
  text: string,
  users: boolean,
): { texts: string[]; users: string[]; services: string[]; addresses: string[] } {
  const batch = createLineParser({ clock: { now: () => NOW } }).parse(
    splitLines('auth', 1, 0, Buffer.from(text)),
  );
  const { events } = createLineDetector(rules, { listsMatches: false }).detect(batch);
  const masker = createMasker({ secrets: true, users, key: 'k' });
  maskEvents(events, batch, masker.maskBatch(batch), masker.pseudonym);
  const named = (column: Uint32Array): string[] =>
    [...column.subarray(0, events.count)].map((index) => events.strings[index] ?? '');
  return {
    texts: named(events.texts),
    users: named(events.users),
    services: named(events.services),
    addresses: [...events.addresses.subarray(0, events.count)].map(textOfIpv4),
  };
}

const SSH = 'Nov 21 09:00:00 desk sshd[7]: Failed password for hanako from 203.0.113.9 port 22 ssh2\n';
const WEB =
  '203.0.113.9 - - [21/Nov/2026:09:00:00 +0000] "GET /q?id=1%27%20UNION%20SELECT%20a,b%20FROM%20users--&password=hunter22 HTTP/1.1" 200 5 "-" "curl/8"\n';

describe('Evidence that leaves a line worker', () => {
  it('holds no secret, when the attack carried one', () => {
    const { texts } = evidence(`${SSH}${WEB}`, false);
    expect(texts.join('\n')).toContain('UNION');
    expect(texts.join('\n')).not.toContain('hunter22');
  });

  it('belongs to its own line, with other lines before it', () => {
    const { texts } = evidence(`${SSH}plain line\n${WEB}${SSH}`, false);
    expect(texts.filter((text) => text.includes('sshd'))).toHaveLength(2);
    expect(texts.some((text) => text.includes('plain line'))).toBe(false);
  });

  it('names nobody, when users are masked', () => {
    const masked = evidence(SSH, true);
    expect(masked.texts.join()).toMatch(/Failed password for user-[0-9a-f]{6} from/);
    expect(masked.users.join()).toMatch(/^user-[0-9a-f]{6}$/);
    expect(JSON.stringify(masked)).not.toContain('hanako');
  });

  it('keeps services and addresses, when somebody tries their names as users', () => {
    const masked = evidence(SSH.replace('hanako', 'sshd') + SSH.replace('hanako', '203.0.113.9') + SSH, true);
    expect(masked.services).toEqual(['sshd', 'sshd', 'sshd']);
    expect(masked.addresses).toEqual(['203.0.113.9', '203.0.113.9', '203.0.113.9']);
    for (const user of masked.users) expect(user).toMatch(/^user-[0-9a-f]{6}$/);
    expect(new Set(masked.users).size).toBe(3);
  });
});
