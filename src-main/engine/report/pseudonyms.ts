import { replaceAccounts, replaceEmails } from '../flow/personal-data.ts';
import type { ReportData } from './report-data.ts';

/** What can be replaced by a pseudonym. */
export type PseudonymKind = 'user' | 'email' | 'account';

/** What the composition supplies: the report step knows neither keys nor log formats. */
export interface MaskingTools {
  /** `user-3f9a2c` for `tanaka`: keyed, lasting, the same in every report of this installation. */
  pseudonym(kind: PseudonymKind, value: string): string;
  /** The users that log lines name. */
  usersIn(lines: string[]): Iterable<string>;
  /** Secrets replaced by marks such as `[masked:token]`. */
  withoutSecrets(text: string): string;
}

/** One replacement, for a person to judge by before the first report leaves the machine. */
export interface MaskedSample {
  kind: string;
  before: string;
  after: string;
}

const SAMPLES_PER_KIND = 5;
const MAX_SAMPLE_LENGTH = 80;
/** Shorter names are words as well. */
const SHORTEST_NAME = 2;
/** Names with signs that part words are looked for one by one; nobody's log has more of them in earnest. */
const MAX_ODD_NAMES = 200;

const MARK = /\[masked:[\p{L}\p{M}\p{N}_-]{1,30}\]/gu;
const PSEUDONYM = /^(?:user|mail|account)-[0-9a-f]{6}$/;
/** A name written plainly, with dots and dashes within. */
const NAME = /^[\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*$/u;
const NAMES = /[\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*/gu;
const WORDS = /[\p{L}\p{N}_]+/gu;

/** Guessed as names, and words of nearly every line about a sign-in: replacing them would hide nobody. */
const NOT_NAMES: ReadonlySet<string> = new Set(
  'user users invalid illegal unknown password failed accepted from for port ssh ssh2 sshd preauth by to on at'.split(
    ' ',
  ),
);

/** Fields that hold words of ours: keys, ids, kinds. Everything else may quote what somebody else wrote. */
const OURS: ReadonlySet<string> = new Set(
  (
    'format kind type severity state status key id ruleId findingId checkId alertId hash previous action actor unit ' +
    'logClass area name section sections score subject platform timeZone producer hostName mitre owasp references ' +
    'blocking blindness acknowledgedBy resolvedBy by'
  ).split(' '),
);

/** Replaces people and accounts in a report's data, and secrets in any case; counts what it replaced. */
export class ReportMasking {
  readonly #tools: MaskingTools;
  readonly #pseudonyms: boolean;
  readonly #counts = new Map<string, number>();
  readonly #samples = new Map<string, MaskedSample[]>();
  /** In lower case. */
  readonly #names = new Set<string>();
  readonly #oddNames = new Set<string>();

  /** @param pseudonyms false: only secrets are replaced */
  constructor(tools: MaskingTools, pseudonyms: boolean) {
    this.#tools = tools;
    this.#pseudonyms = pseudonyms;
  }

  /** The data with everything replaced, and samples of what was. */
  apply(data: ReportData): { data: ReportData; samples: MaskedSample[] } {
    if (this.#pseudonyms) this.#learnNames(data);
    const masked = this.#value(data, '', false);
    if (!isReport(masked)) throw new TypeError('Masking changed the shape of a report');
    const counts = [...this.#counts].map(([kind, count]) => ({ kind, count }));
    return { data: { ...masked, masked: counts }, samples: [...this.#samples.values()].flat() };
  }

  /** Known from what the detectors found and from the lines themselves; then replaced wherever they stand. */
  #learnNames({ threats, addresses, logs }: ReportData): void {
    const lines: string[] = (logs?.worst ?? []).map(({ text }) => text);
    for (const finding of threats?.listed ?? []) {
      this.#learn(finding.user);
      for (const { name } of finding.users ?? []) this.#learn(name);
      for (const { text } of finding.evidence) lines.push(text);
    }
    for (const { users, findingsList } of addresses?.worst ?? []) {
      for (const { name } of users) this.#learn(name);
      for (const { text } of findingsList.flatMap(({ evidence }) => evidence)) lines.push(text);
    }
    for (const name of this.#tools.usersIn(lines)) this.#learn(name);
  }

  #learn(name: string | undefined): void {
    if (name === undefined || name.length < SHORTEST_NAME || PSEUDONYM.test(name)) return;
    const folded = name.toLowerCase();
    if (NOT_NAMES.has(folded)) return;
    if (NAME.test(name)) this.#names.add(folded);
    else if (this.#oddNames.size < MAX_ODD_NAMES) this.#oddNames.add(name);
  }

  /** @param inUsers the value is an element of a list of users */
  #value(value: unknown, field: string, inUsers: boolean): unknown {
    if (typeof value === 'string') {
      if (field === 'user' || (inUsers && field === 'name')) return this.#user(value);
      return OURS.has(field) ? value : this.#text(value);
    }
    if (Array.isArray(value)) return value.map((each) => this.#value(each, field, field === 'users'));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, this.#value(each, key, inUsers)]),
    );
  }

  #user(name: string): string {
    if (!this.#pseudonyms || name === '' || PSEUDONYM.test(name)) return name;
    return this.#replaced('user', name);
  }

  #text(original: string): string {
    const text = this.#tools.withoutSecrets(original);
    // What was masked when it was stored is masked in this report as well.
    const marks = text.match(MARK) ?? [];
    this.#count('secret', marks.length);
    if (marks[0] !== undefined) this.#sample('secret', '…', marks[0]);
    return this.#pseudonyms ? this.#withoutPeople(text) : text;
  }

  #withoutPeople(text: string): string {
    let result = replaceEmails(text, (mail) => this.#replaced('email', mail));
    result = replaceAccounts(result, (number) => this.#replaced('account', number));
    for (const name of this.#oddNames) {
      if (result.includes(name)) result = result.replaceAll(name, () => this.#replaced('user', name));
    }
    if (this.#names.size === 0) return result;
    return result.replace(NAMES, (run) => {
      if (PSEUDONYM.test(run)) return run;
      if (this.#names.has(run.toLowerCase())) return this.#replaced('user', run);
      return run.replace(WORDS, (word) =>
        this.#names.has(word.toLowerCase()) ? this.#replaced('user', word) : word,
      );
    });
  }

  #replaced(kind: PseudonymKind, before: string): string {
    const after = this.#tools.pseudonym(kind, before);
    this.#count(kind, 1);
    this.#sample(kind, before, after);
    return after;
  }

  #count(kind: string, count: number): void {
    if (count > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  #sample(kind: string, before: string, after: string): void {
    const samples = this.#samples.get(kind) ?? [];
    const shown = before.slice(0, MAX_SAMPLE_LENGTH);
    if (samples.length >= SAMPLES_PER_KIND || samples.some((sample) => sample.after === after)) return;
    samples.push({ kind, before: shown, after });
    this.#samples.set(kind, samples);
  }
}

/** Only strings were replaced: the shape is what it was. */
function isReport(value: unknown): value is ReportData {
  return typeof value === 'object' && value !== null && 'format' in value && 'verdict' in value;
}
