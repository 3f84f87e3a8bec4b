import type { AuthRule } from './rule-schema.ts';
import type { LoadedRule } from './rule-file.ts';
import { ADDRESS_PATTERN, cleanAddress, isHostName } from './address.ts';
import { MessageForm } from './message-form.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { ListedText } from './text-book.ts';

/** What messages that a rule is about mean to the behaviour detectors. */
export interface MessageMeaning {
  event: 'auth_failure' | 'auth_success' | 'access_denied' | 'probe';
  rule: AuthRule;
  /** The rule's id. */
  name: ListedText;
}

/** What one message means. */
export interface AuthMeaning extends MessageMeaning {
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
  /** How most messages are written that mean something, and what they do. */
  forms: readonly { form: MessageForm; meaning: MessageMeaning }[];
  /** What the rule reads out of a message that has one of its literals; MEANS_NOTHING where it is about others. */
  find(message: string): AuthMeaning | typeof MEANS_NOTHING | undefined;
}

/** @throws the expression engine's error when a pattern is not valid */
export function compileAuthRule(loaded: LoadedRule, rule: AuthRule): CompiledAuthRule {
  const patterns = rule.patterns.map((source) => {
    const expanded = source
      .replaceAll('{address}', `(?<address>${ADDRESS_PATTERN})`)
      .replaceAll('{host}', `(?<address>${ADDRESS_PATTERN}|[a-z0-9_][a-z0-9_.-]{0,252})`);
    const pattern = compilePattern(expanded, loaded.origin);
    return { pattern, addresses: named(pattern, 'address'), users: named(pattern, 'user') };
  });
  const name = new ListedText(rule.id);
  const { event } = rule;
  return {
    rule,
    loaded,
    forms:
      event === 'ignore'
        ? []
        : rule.forms.map((source) => ({ form: new MessageForm(source), meaning: { event, rule, name } })),
    concerns: (program) =>
      rule.programs.length === 0 || rule.programs.some((name) => program.startsWith(name)),
    find: (message) => {
      if (event === 'ignore')
        return patterns.some(({ pattern }) => pattern.test(message)) ? MEANS_NOTHING : undefined;
      for (const { pattern, addresses, users } of patterns) {
        const found = pattern.find(message);
        if (found === undefined) continue;
        const given = lastOf(found, addresses);
        const address =
          given === ''
            ? onlyAddress(message)
            : (cleanAddress(given) ?? (isHostName(given) ? given.toLowerCase() : ''));
        return { event, rule, name, address, user: lastOf(found, users).slice(0, MAX_USER_LENGTH) };
      }
      return undefined;
    },
  };
}

/** What an ignored message says. */
export const MEANS_NOTHING = 'ignored';

/** The numbers of the groups with a name: alternatives may each have one. */
function named(pattern: Pattern, name: string): readonly number[] {
  return [...pattern.groups.keys()].filter((number) => pattern.groups[number] === name);
}

/** The text of the last of the groups that took part; empty where none did. */
function lastOf(found: readonly (string | undefined)[], groups: readonly number[]): string {
  let text = '';
  for (const group of groups) text = found[group] ?? text;
  return text;
}

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
