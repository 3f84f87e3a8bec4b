import type { ByteScanner } from '../../flow/byte-scan.ts';
import { FIELD, FIELD_COUNT, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTES, TargetScan, writesOnlyJapanese } from './byte-classes.ts';
import type { EventRow } from './event-batch-builder.ts';
import { CLEAN, FieldCache, type Verdict } from './field-cache.ts';
import { candidatesOf, GatedRules, verdictsOf } from './gated-rules.ts';
import { ANY, LiteralGate, MAX_EXPRESSIONS } from './literal-gate.ts';
import { TARGET_FLAG_LITERALS, targetFlags } from './request-meaning.ts';
import type { RuleSet } from './rule-set.ts';
import { hidesText, mayHideText, TextView, type Place } from './text-view.ts';

/** Texts remembered per field, twice this number. Targets are mostly new and mostly plain: only others are remembered. */
const CACHE_SETS = 2048;

/** Tells what the rules say of a request's fields. Nearly all are told innocent by their bytes, before there is a string. */
export class FieldJudge {
  readonly #scan = new TargetScan();
  readonly #targets: FieldCache;
  readonly #agents: FieldCache;
  readonly #referers: FieldCache;
  /** Tells by the bytes of a harmless target whether it may have a flag or concern a rule on plain text. */
  readonly #targetGate: LiteralGate;
  /** It knows all of those rules. */
  readonly #tellsTargets: boolean;
  readonly #byPlace = new Map<Place, GatedRules>();
  readonly #plainByPlace = new Map<Place, GatedRules>();

  /** @param scanner what the fields' chunk is loaded in */
  constructor(rules: RuleSet, scanner: ByteScanner) {
    this.#targets = new FieldCache(CACHE_SETS, scanner);
    this.#agents = new FieldCache(CACHE_SETS, scanner);
    this.#referers = new FieldCache(CACHE_SETS, scanner);
    for (const place of ['target', 'agent', 'referer', 'message'] as const) {
      const concerned = rules.lines.filter(({ rule }) => rule.on.includes(place));
      this.#byPlace.set(place, new GatedRules(concerned, scanner));
      this.#plainByPlace.set(
        place,
        new GatedRules(
          concerned.filter(({ rule, loaded }) => rule.plain || loaded.origin === 'user'),
          scanner,
        ),
      );
    }
    const plain = this.#plainByPlace.get('target')?.rules ?? [];
    this.#tellsTargets = plain.length + TARGET_FLAG_LITERALS.length <= MAX_EXPRESSIONS;
    // More rules than a gate can tell apart: every target is looked at.
    const literals = this.#tellsTargets ? [] : [undefined];
    this.#targetGate = new LiteralGate(
      [...TARGET_FLAG_LITERALS, ...literals, ...plain.map((rule) => rule.literals())],
      true,
      scanner,
    );
  }

  /** What the rules say of a request's target; the row gets its hashes and flags. */
  target(batch: ParsedBatch, line: number, row: EventRow): readonly Verdict[] {
    const at = (line * FIELD_COUNT + FIELD.target) * 2;
    const start = batch.slices[at] ?? -1;
    row.target = 0;
    row.path = 0;
    row.directory = 0;
    if (start === -1) return CLEAN;
    if (start >= 0) return this.#targetAt(batch.bytes, start, batch.slices[at + 1] ?? start, row);
    const bytes = Buffer.from(batch.decoded[-2 - start] ?? '', 'utf8');
    return this.#targetAt(bytes, 0, bytes.length, row);
  }

  /**
   * Most targets of real traffic are told innocent by their bytes alone, before there is a string: nothing that decoding
   * would change, and no piece of any rule.
   */
  #targetAt(bytes: Buffer, from: number, to: number, row: EventRow): readonly Verdict[] {
    const scan = this.#scan;
    scan.read(bytes, from, to);
    row.target = scan.whole;
    row.path = scan.path;
    row.directory = scan.directory;
    const { bits } = scan;
    const harmless =
      (bits & (BYTES.sharp | BYTES.order)) === 0 &&
      ((bits & BYTES.escape) === 0 || writesOnlyJapanese(bytes, from, to)) &&
      ((bits & BYTES.unsure) === 0 || !mayHideText(bytes, from, to));
    const concerned = harmless ? this.#targetGate.candidatesInBytes(bytes, from, to) : ANY;
    if (concerned === 0) return CLEAN;
    const cache = this.#targets;
    let slot = cache.find(bytes, from, to);
    if (slot < 0) {
      slot = cache.claim(bytes, from, to);
      const raw = bytes.toString(bits === 0 ? 'latin1' : 'utf8', from, to);
      cache.flags[slot] = targetFlags(raw);
      const asked = concerned >>> TARGET_FLAG_LITERALS.length;
      // What decoding leaves as it is has been through the rules' gate: nothing but its case would change.
      if (asked !== 0) {
        const plain = harmless ? this.#plainByPlace.get('target') : undefined;
        cache.verdicts[slot] =
          plain === undefined
            ? this.#judge('target', raw, bits)
            : verdictsOf(plain, new TextView('target', raw), this.#tellsTargets ? asked : ANY);
      }
    }
    row.flags |= cache.flags[slot] ?? 0;
    return cache.verdicts[slot] ?? CLEAN;
  }

  /** What the rules say of a request's user agent; the row gets its hash. */
  agent(batch: ParsedBatch, line: number, row: EventRow): readonly Verdict[] {
    const verdicts = this.#other(batch, line, FIELD.agent, 'agent', this.#agents);
    row.agent = this.#agents.hash;
    return verdicts;
  }

  referer(batch: ParsedBatch, line: number): readonly Verdict[] {
    return this.#other(batch, line, FIELD.referer, 'referer', this.#referers);
  }

  /** What the rules say of what an attacker wrote into a message. */
  message(text: string): readonly Verdict[] {
    return this.#judge('message', text, BYTES.sharp);
  }

  /** The cache holds the hash then. */
  #other(
    batch: ParsedBatch,
    line: number,
    field: FieldCode,
    place: Place,
    cache: FieldCache,
  ): readonly Verdict[] {
    const at = (line * FIELD_COUNT + field) * 2;
    const start = batch.slices[at] ?? -1;
    cache.hash = 0;
    if (start === -1) return CLEAN;
    if (start >= 0) return this.#otherAt(batch.bytes, start, batch.slices[at + 1] ?? start, place, cache);
    const bytes = Buffer.from(batch.decoded[-2 - start] ?? '', 'utf8');
    return this.#otherAt(bytes, 0, bytes.length, place, cache);
  }

  #otherAt(bytes: Buffer, from: number, to: number, place: Place, cache: FieldCache): readonly Verdict[] {
    const known = cache.find(bytes, from, to);
    if (known >= 0) return cache.verdicts[known] ?? CLEAN;
    const slot = cache.claim(bytes, from, to);
    const { bits } = cache;
    const plain = this.#plainByPlace.get(place);
    const innocent =
      bits === 0 &&
      (plain === undefined || (plain.few && plain.gate.candidatesInBytes(bytes, from, to) === 0));
    if (innocent) return CLEAN;
    const verdicts = this.#judge(place, bytes.toString(bits === 0 ? 'latin1' : 'utf8', from, to), bits);
    cache.verdicts[slot] = verdicts;
    return verdicts;
  }

  #judge(place: Place, raw: string, bits: number): readonly Verdict[] {
    const harmless = (bits & (BYTES.sharp | BYTES.order | BYTES.escape)) === 0 && !hidesText(raw);
    const gatedRules = (harmless ? this.#plainByPlace : this.#byPlace).get(place);
    if (gatedRules === undefined || gatedRules.rules.length === 0) return CLEAN;
    const view = new TextView(place, raw);
    return verdictsOf(gatedRules, view, candidatesOf(gatedRules.gate, view));
  }
}
