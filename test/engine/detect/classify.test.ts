import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createClassifier } from '../../../src-main/engine/detect/intrusion/classify.ts';
import { loadRules } from '../../../src-main/engine/detect/intrusion/rules.ts';
import { ByteScanner } from '../../../src-main/engine/flow/byte-scan.ts';

const { rules } = loadRules(join(import.meta.dirname, '../../../resources'));
const classifier = createClassifier(rules.auth, new ByteScanner(), [['$']]);
const FIRST_RULE = 1;

/** Messages of the rules' own fixtures, in pieces, so that one may turn up within another as somebody's name. */
const fixtures = rules.auth.flatMap(({ rule }) =>
  Object.values(rule.fixtures).flatMap((group) => group.map(({ message }) => message)),
);
const piece = fc.oneof(
  fc.constantFrom(...fixtures),
  fc.constantFrom(...fixtures.flatMap((message) => message.split(/(?<= )/))),
  fc.constantFrom('pam_unix(sshd:auth): ', ' from 198.51.100.1 port 22', 'Postponed ', '$', '\u00e9', ''),
);
const program = fc.constantFrom('sshd', 'sudo', 'cron', 'dovecot', 'postfix/smtpd', 'nginx', 'myapp', '');
const message = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''));

/** Of literals in other alphabets one foreign letter is enough. */
function mayHold(text: string, literal: string): boolean {
  const foreign = /[^\0-\x7e]/;
  return foreign.test(literal) ? foreign.test(text) : text.toLowerCase().includes(literal.toLowerCase());
}

describe('what a message means', () => {
  test('is what the rules say that the gate names, whatever a stranger has put into it', () => {
    fc.assert(
      fc.property(program, message, (name, text) => {
        const about = classifier.about(name);
        const asked = about.gate.candidates(text);
        const meaning = about.classify(text, asked);
        if ((asked & about.deciding) === 0) expect(meaning).toBeUndefined();
        // The plain way: every rule in its order, those left out that have none of their literals.
        const plain = rules.auth
          .filter((rule) => rule.concerns(name))
          .filter(
            ({ rule: { contains } }) => contains.length === 0 || contains.some((one) => mayHold(text, one)),
          )
          .map((rule) => rule.find(text))
          .find((found) => found !== undefined);
        expect(meaning).toEqual(plain === 'ignored' ? undefined : plain);
      }),
      { numRuns: 3000 },
    );
  });

  test('is nothing without a look at it, when only rules to ignore could match', () => {
    const about = classifier.about('sshd');
    const asked = about.gate.candidates(
      'pam_unix(sshd:session): session opened for user mia(uid=7) by (uid=0)',
    );
    expect(asked).toBe(1 << FIRST_RULE);
    expect(asked & about.deciding).toBe(0);
    expect(
      about.gate.candidates('Failed password for mia from 192.0.2.9 port 4 ssh2') & about.deciding,
    ).not.toBe(0);
  });

  test('is told by every rule, when there are more than a gate can tell apart', () => {
    const [rule] = rules.auth.filter(({ rule: { id } }) => id === 'auth.sshd.accepted');
    if (rule === undefined) throw new Error('no such rule');
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...rule,
      find: (text: string) => (text.endsWith(`ssh${index}`) ? rule.find(text) : undefined),
    }));
    const about = createClassifier(many, new ByteScanner(), [['$']]).about('sshd');
    for (let index = 0; index < many.length; index += 1) {
      const text = `Accepted password for mia${index} from 192.0.2.9 port 4 ssh${index}`;
      expect(about.classify(text, about.gate.candidates(text))?.user).toBe(`mia${index}`);
    }
  });
});
