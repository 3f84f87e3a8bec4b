import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ExportMask } from '../../../../src-preload/contract/limits.ts';
import {
  isInside,
  isIpv4,
  replaceAccounts,
  replaceAddresses,
  replaceEmails,
} from '../../flow/personal-data.ts';

/** What is replaced in what leaves the machine. */
const REDACTED_KINDS = ['secret', 'user', 'email', 'account', 'host', 'address'] as const;
export type RedactedKind = (typeof REDACTED_KINDS)[number];

export interface RedactorOptions {
  /** Key of the pseudonyms: with the same one the same name gets the same pseudonym in every bundle. */
  key: string;
  hostName: string;
  /** Accounts of people on this machine. */
  userNames: readonly string[];
  /** Accounts that belong to no person and stay readable: `root`, `www-data`. */
  systemNames: ReadonlySet<string>;
  /** What is replaced beside secrets. */
  kinds: ReadonlySet<ExportMask>;
  /** Which addresses, where they are. */
  addresses: 'inside' | 'all';
  /** Takes secrets out of a text, and says where in the result each stood. */
  maskSecrets: (text: string) => { text: string; spans: readonly { from: number; to: number }[] };
}

const SAMPLES_PER_KIND = 5;
const SAMPLE_LENGTH = 120;
/** Shown around the place of a secret. */
const BEFORE_SECRET = 40;
const AFTER_SECRET = 20;
/** Secrets with the same text just before them are one example, whatever the lines are else: `?token=`, `password: `. */
const SAME_BEFORE_SECRET = 12;
const HIDDEN = '••••';
/** Names learnt while reading; a flood of made-up names must not fill the memory. */
const MAX_NAMES = 20_000;
/** Shorter names are also words and syllables. */
const SHORTEST_NAME = 3;

/** Loopback, "any" and what this class has put there before. */
const NOBODY = /^(?:127\.|0\.0\.0\.0$|2(?:4\d|5[0-5])\.|::1?$|2001:db8:)/i;
const HOME = /((?:\/home\/|\/Users\/|[A-Za-z]:\\Users\\))([^/\\\s"':]{1,64})/g;
/** `.invalid` can belong to nobody (RFC 2606). */
const REDACTED_MAIL = '@redacted.invalid';
/** A word of names: what a user or host name may be made of. */
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_.-]*/gu;

/**
 * Takes names out of what leaves the machine: people, this machine, inside addresses, secrets. Pseudonyms are stable, so
 * that what belongs together stays together, and keyed, so that nobody can find out by trying names.
 */
export class Redactor {
  readonly #options: RedactorOptions;
  readonly #names = new Set<string>();
  readonly #hostNames: Set<string>;
  readonly #counts = new Map<RedactedKind, number>();
  readonly #samples = new Map<RedactedKind, Map<string, { before: string; after: string }>>();

  constructor(options: RedactorOptions) {
    this.#options = options;
    const host = options.hostName.toLowerCase();
    this.#hostNames = new Set(
      [host, host.split('.')[0] ?? host].filter((name) => name.length >= SHORTEST_NAME),
    );
    for (const name of options.userNames) this.learn(name);
  }

  /** A name that is a person's wherever it stands from now on. */
  learn(name: string): void {
    const folded = name.toLowerCase();
    if (folded.length < SHORTEST_NAME || this.#options.systemNames.has(folded)) return;
    if (this.#names.size < MAX_NAMES) this.#names.add(folded);
  }

  /** A text as it may leave. */
  text(text: string): string {
    const masked = this.#options.maskSecrets(text);
    if (masked.spans.length > 0) this.#noteSecrets(masked);
    const { kinds, addresses, systemNames } = this.#options;
    let result = masked.text;
    if (kinds.has('email')) result = replaceEmails(result, (address) => this.#email(address));
    if (kinds.has('account'))
      result = replaceAccounts(result, (number) =>
        this.#replace('account', number, this.#pseudonym('account', number)),
      );
    if (kinds.has('user'))
      result = result.replace(HOME, (whole, folder: string, name: string) =>
        systemNames.has(name.toLowerCase()) ? whole : folder + this.user(name),
      );
    if (kinds.has('address'))
      result = replaceAddresses(result, addresses, (address) => this.address(address));
    if (!kinds.has('user') && !kinds.has('host')) return result;
    return result.replace(WORD, (word) => this.#word(word));
  }

  #email(address: string): string {
    if (address.endsWith(REDACTED_MAIL)) return address;
    return this.#replace('email', address, this.#pseudonym('mail', address) + REDACTED_MAIL);
  }

  user(name: string): string {
    if (name === '' || this.#options.systemNames.has(name.toLowerCase()) || isPseudonym(name)) return name;
    return this.#replace('user', name, this.#pseudonym('user', name));
  }

  /**
   * Inside addresses become other inside addresses, outside ones such as belong to nobody (240.0.0.0/4 of RFC 1112,
   * 2001:db8::/32 of RFC 3849), so that whatever reads addresses still does. Those that mean no machine stay.
   */
  address(address: string): string {
    if (!this.#options.kinds.has('address')) return address;
    const digest = this.#digest('address', address.toLowerCase());
    const [first = 0, second = 0, third = 0, fourth = 0] = digest;
    if (isInside(address)) return this.#replace('address', address, `10.${second}.${third}.${fourth}`);
    if (this.#options.addresses === 'inside' || NOBODY.test(address)) return address;
    if (isIpv4(address))
      return this.#replace('address', address, `${240 + (first % 15)}.${second}.${third}.${fourth}`);
    if (!isIPv6(address)) return address;
    const groups = [0, 2, 4].map((at) => digest.readUInt16BE(at).toString(16));
    return this.#replace('address', address, `2001:db8::${groups.join(':')}`);
  }

  host(): string {
    return this.#pseudonym('host', this.#options.hostName);
  }

  /** Every text within a JSON value, keys left as they are. */
  json(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((each: unknown) => this.json(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        // Where it is known to be a machine's name, it may be as short as `vm`.
        const isHost = name === 'hostName' && typeof each === 'string';
        return [name, isHost ? this.#replace('host', each, this.host()) : this.json(each)];
      }),
    );
  }

  counts(): { kind: string; count: number }[] {
    return REDACTED_KINDS.map((kind) => ({ kind, count: this.#counts.get(kind) ?? 0 })).filter(
      ({ count }) => count > 0,
    );
  }

  samples(): { kind: string; before: string; after: string }[] {
    return REDACTED_KINDS.flatMap((kind) =>
      [...(this.#samples.get(kind)?.values() ?? [])].map((sample) => ({ kind, ...sample })),
    );
  }

  #word(word: string): string {
    const folded = word.toLowerCase();
    const { kinds } = this.#options;
    if (kinds.has('user') && this.#names.has(folded)) return this.user(word);
    if (kinds.has('host') && this.#hostNames.has(folded)) return this.#replace('host', word, this.host());
    // `sato@`, `sato.` and `TRADE-WS01.` at the end of a sentence.
    const bare = folded.replace(/[.-]+$/, '');
    if (bare !== folded && bare !== '')
      return this.#word(word.slice(0, bare.length)) + word.slice(bare.length);
    return word;
  }

  #replace(kind: RedactedKind, before: string, after: string): string {
    this.#count(kind, 1);
    this.#sample(kind, before, { before, after });
    return after;
  }

  /** What a secret was is shown nowhere: the text around it says where it stood. */
  #noteSecrets({ text, spans }: ReturnType<RedactorOptions['maskSecrets']>): void {
    this.#count('secret', spans.length);
    for (const { from, to } of spans) {
      const around = (place: string): string =>
        (from > BEFORE_SECRET ? '…' : '') +
        text.slice(Math.max(0, from - BEFORE_SECRET), from) +
        place +
        text.slice(to, to + AFTER_SECRET) +
        (to + AFTER_SECRET < text.length ? '…' : '');
      const mark = text.slice(from, to);
      const same = text.slice(Math.max(0, from - SAME_BEFORE_SECRET), from).replace(/\d+/g, '0') + mark;
      this.#sample('secret', same, { before: around(HIDDEN), after: around(mark) });
    }
  }

  #count(kind: RedactedKind, count: number): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  /** @param same of two samples that have this in common one is shown */
  #sample(kind: RedactedKind, same: string, { before, after }: { before: string; after: string }): void {
    const samples = this.#samples.get(kind) ?? new Map<string, { before: string; after: string }>();
    this.#samples.set(kind, samples);
    if (samples.size >= SAMPLES_PER_KIND || samples.has(same)) return;
    samples.set(same, { before: before.slice(0, SAMPLE_LENGTH), after: after.slice(0, SAMPLE_LENGTH) });
  }

  #pseudonym(kind: string, name: string): string {
    return `${kind}-${this.#digest(kind, name.toLowerCase()).subarray(0, 4).toString('hex')}`;
  }

  #digest(kind: string, name: string): Buffer {
    return createHmac('sha256', this.#options.key).update(`${kind}:${name}`).digest();
  }
}

/** Names that masking has replaced before. */
function isPseudonym(name: string): boolean {
  return /^user-[0-9a-f]{6,8}$/.test(name);
}
