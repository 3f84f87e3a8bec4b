import type { AuthRule } from './rule-schema.ts';
import type { LoadedRule } from './rule-file.ts';
import { ADDRESS_PATTERN, cleanAddress, isHostName } from './address.ts';
import { compilePattern } from './pattern.ts';

/** What a message means to the behaviour detectors. */
export interface AuthMeaning {
  event: 'auth_failure' | 'auth_success' | 'access_denied' | 'probe';
  rule: AuthRule;
  /** As the server wrote it: an address, else a host name; empty where the message has none. */
  address: string;
  user: string;
}

/** An auth rule ready to run. */
export interface CompiledAuthRule {
  rule: AuthRule;
  loaded: LoadedRule;
  /** Whether the rule is about messages of this program (lower case). */
  concerns(program: string): boolean;
  /** What the rule reads out of a message that has one of its literals. */
  find(message: string): { address: string; user: string } | undefined;
}

/** @throws the expression engine's error when a pattern is not valid */
export function compileAuthRule(loaded: LoadedRule, rule: AuthRule): CompiledAuthRule {
  const patterns = rule.patterns.map((source) => {
    const expanded = source
      .replaceAll('{address}', `(?<address>${ADDRESS_PATTERN})`)
      .replaceAll('{host}', `(?<address>${ADDRESS_PATTERN}|[a-z0-9_][a-z0-9_.-]{0,252})`);
    return compilePattern(expanded, loaded.origin);
  });
  return {
    rule,
    loaded,
    concerns: (program) =>
      rule.programs.length === 0 || rule.programs.some((name) => program.startsWith(name)),
    find: (message) => {
      if (rule.event === 'ignore')
        return patterns.some((pattern) => pattern.test(message)) ? NOBODY : undefined;
      for (const pattern of patterns) {
        const found = pattern.find(message);
        if (found === undefined) continue;
        const given = found.groups['address'] ?? '';
        const address =
          given === ''
            ? onlyAddress(message)
            : (cleanAddress(given) ?? (isHostName(given) ? given.toLowerCase() : ''));
        return { address, user: (found.groups['user'] ?? '').slice(0, MAX_USER_LENGTH) };
      }
      return undefined;
    },
  };
}

const NOBODY = { address: '', user: '' };

/** What every address has; most messages are told by it to have none. */
const ADDRESS_LIKE = /\d\.\d|:[0-9a-f]{0,4}:/i;
const ANY_ADDRESS = new RegExp(`(?<![\\w.:])(?:${ADDRESS_PATTERN})(?![\\w.]*[\\w])`, 'gi');

/** The one address a message holds; empty where there is none, or several of which any may be the attacker's choice. */
function onlyAddress(message: string): string {
  if (!ADDRESS_LIKE.test(message)) return '';
  const found = new Set<string>();
  for (const [text] of message.matchAll(ANY_ADDRESS)) {
    const address = cleanAddress(text);
    if (address !== undefined) found.add(address);
    if (found.size > 1) return '';
  }
  const [only] = found;
  return only ?? '';
}

/** Longest user name that is kept: whatever is longer was typed to do harm. */
const MAX_USER_LENGTH = 128;
