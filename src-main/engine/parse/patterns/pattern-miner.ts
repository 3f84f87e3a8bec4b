import { patternId, type PatternChange, type Template } from '../../flow/pattern-entry.ts';
import { ContextRules, joined, type Judge } from './context-rules.ts';
import { ShapeTable } from './shape-table.ts';
import type { ScannedShape } from './shape-scanner.ts';
import { EMPTY, VALUE } from './template-token.ts';

export interface PatternMinerOptions {
  judge: Judge;
  /** Templates and shapes not yet generalised that are kept. */
  maxNodes?: number;
  /** What happens to what is too much: `forget` the ones not seen for longest, or `lump` new ones together. */
  whenFull: 'forget' | 'lump';
  /** Makes a template's text fit to be kept: takes secrets out of it. */
  mask?: ((text: string) => string) | undefined;
  /**
   * What is new may take only a share of the time that lines as such take: beyond it, shapes not seen before are lumped
   * together. For a live engine, where a log without patterns must not slow the others down.
   */
  paced?: boolean;
}

/** A node: a shape, or the template that shapes were found to be of. */
interface Node {
  tokens: readonly string[];
  lines: number;
  /** The tick of its last line. */
  seen: number;
  template: Template;
}

/** Processor time in microseconds, roughly: of a shape never seen, and per node of learning anew. */
const SHAPE_COST = 15;
const LEARN_COST = 25;
/** What a line may spend on what is new, on average, and what may be saved up: a log is new once. */
const CREDIT_PER_LINE = 0.1;
const MOST_CREDIT = 400_000;
/** Changes kept until they are taken; a log whose templates change more often has none. */
const MAX_CHANGES = 1000;

/** Shapes whose node is looked up by hash alone. */
const MAX_SHAPES = 32_768;
/** Templates kept unless told. */
export const MAX_TEMPLATES = 8192;
/** New shapes before the places where they differ are looked for again, and the least number of them. */
const RELEARN_SHARE = 0.25;
const RELEARN_LEAST = 48;
/** Places remembered; a log that has more of them has no patterns. */
const MAX_PLACES = 50_000;

/**
 * Groups shapes into templates. Streaming: a shape met before costs one look into a hash table; a new one is given its
 * own template, and when enough new ones have come, what they have in common is worked out again, so that templates
 * become more general with time and never less. Bounded in shapes, nodes and places.
 */
export class PatternMiner {
  readonly #judge: Judge;
  readonly #maxNodes: number;
  readonly #whenFull: 'forget' | 'lump';
  readonly #shapes = new ShapeTable(MAX_SHAPES);
  #nodes: (Node | undefined)[] = [];
  /** For a node that became another's: that one's index. */
  #parents: number[] = [];
  #byText = new Map<string, number>();
  #rules: ContextRules;
  #fresh = 0;
  #tick = 0;
  #live = 0;
  #forgotten = 0;
  #lump = -1;
  #credit = MOST_CREDIT;
  readonly #paced: boolean;
  readonly #mask: (text: string) => string;
  #changes: PatternChange[] = [];

  constructor(options: PatternMinerOptions) {
    this.#judge = options.judge;
    this.#maxNodes = options.maxNodes ?? MAX_TEMPLATES;
    this.#whenFull = options.whenFull;
    this.#rules = ContextRules.none();
    this.#paced = options.paced ?? false;
    this.#mask = options.mask ?? ((text) => text);
  }

  /** Templates forgotten, or lines' shapes lumped together, because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get size(): number {
    return this.#live;
  }

  /**
   * Takes a line's shape.
   * @param user a name in the line: a value, whatever it looks like; asked for only where the shape is new
   * @returns its node, good until the next `settle` with `forget`, for ever with `lump`
   */
  add(shape: ScannedShape, bytes: Uint8Array, user?: () => string | undefined): number {
    const slot = this.#shapes.find(shape.high, shape.low);
    let node = this.#shapes.valueAt(slot);
    if (node < 0) {
      if (this.#paced && this.#credit < SHAPE_COST) return this.#lumped();
      this.#credit -= SHAPE_COST;
      node = this.#nodeOf(shape, bytes, user?.());
      if (this.#shapes.isFull) this.#shapes.clear();
      this.#shapes.set(shape.high, shape.low, node);
    }
    const found = this.#nodes[node];
    if (found === undefined) return node;
    found.lines += 1;
    found.seen = this.#tick;
    return node;
  }

  /**
   * To be called between batches: learns when there is enough to learn from, and makes room.
   * @param lines of the batch that comes
   */
  settle(lines: number): void {
    this.#tick += 1;
    this.#credit = Math.min(MOST_CREDIT, this.#credit + lines * CREDIT_PER_LINE);
    if (this.#paced && this.#credit < this.#live * LEARN_COST) {
      if (this.#live > this.#maxNodes) this.#forget();
      return;
    }
    if (this.#fresh >= RELEARN_LEAST && this.#fresh >= this.#live * RELEARN_SHARE) this.learn();
    else if (this.#live > this.#maxNodes) this.learn();
    if (this.#whenFull === 'forget' && this.#live > this.#maxNodes) this.#forget();
  }

  /** Works out what differs, from all that is known, and makes it wild. */
  learn(): void {
    this.#fresh = 0;
    this.#credit -= this.#live * LEARN_COST;
    const alive = this.#nodes.filter((node) => node !== undefined);
    const previous = this.#rules.size > MAX_PLACES ? ContextRules.none() : this.#rules;
    this.#rules = previous.learn(alive, this.#judge);
    for (let index = 0; index < this.#nodes.length; index += 1) {
      const node = this.#nodes[index];
      if (node === undefined || index === this.#lump) continue;
      const tokens = this.#rules.apply(node.tokens);
      if (tokens === node.tokens) continue;
      this.#become(index, node, tokens);
    }
    this.#shapes.clear();
  }

  /** The template a node is of by now. */
  template(node: number): Template {
    return this.#nodes[this.#root(node)]?.template ?? OTHER;
  }

  /** Templates that became others since the last time; the older ones were given out. */
  takeChanges(): PatternChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  #nodeOf(shape: ScannedShape, bytes: Uint8Array, user: string | undefined): number {
    const tokens = this.#rules.apply(withoutUser(shape.tokens(bytes), user));
    const text = this.#textOf(tokens);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#whenFull === 'lump' && this.#live >= this.#maxNodes) {
      // Once nothing more is to be learnt from them, the next shapes are no better.
      if (this.#fresh === 0) return this.#lumped();
      this.learn();
      if (this.#live >= this.#maxNodes * 0.9) return this.#lumped();
      return this.#nodeOf(shape, bytes, user);
    }
    this.#fresh += 1;
    return this.#create(tokens, text);
  }

  #create(tokens: readonly string[], text: string): number {
    const node = this.#nodes.length;
    this.#nodes.push({ tokens, lines: 0, seen: this.#tick, template: { id: patternId(text), text } });
    this.#parents.push(node);
    this.#byText.set(text, node);
    this.#live += 1;
    return node;
  }

  #lumped(): number {
    this.#forgotten += 1;
    if (this.#lump < 0) this.#lump = this.#byText.get(OTHER.text) ?? this.#create([VALUE], OTHER.text);
    return this.#lump;
  }

  #become(index: number, node: Node, tokens: readonly string[]): void {
    const text = this.#textOf(tokens);
    if (text === node.template.text) {
      node.tokens = tokens;
      return;
    }
    if (this.#byText.get(node.template.text) === index) this.#byText.delete(node.template.text);
    const known = this.#byText.get(text);
    if (node.lines > 0 && this.#changes.length < MAX_CHANGES)
      this.#changes.push({ old: node.template.id, new: patternId(text) });
    if (known === undefined) {
      node.tokens = tokens;
      node.template = { id: patternId(text), text };
      this.#byText.set(text, index);
      return;
    }
    const into = this.#nodes[known];
    if (into !== undefined) {
      into.lines += node.lines;
      into.seen = Math.max(into.seen, node.seen);
    }
    this.#parents[index] = known;
    this.#nodes[index] = undefined;
    this.#live -= 1;
  }

  #textOf(tokens: readonly string[]): string {
    return this.#mask(tokens.join('').replaceAll(VALUE, '<*>').replaceAll(EMPTY, '')).slice(0, MAX_TEXT);
  }

  #root(node: number): number {
    let root = node;
    for (
      let parent = this.#parents[root];
      parent !== undefined && parent !== root;
      parent = this.#parents[root]
    )
      root = parent;
    return root;
  }

  /** Keeps the three quarters seen last; the numbers of nodes begin anew. */
  #forget(): void {
    const kept = this.#nodes
      .filter((node) => node !== undefined)
      .toSorted((a, b) => b.seen - a.seen || b.lines - a.lines)
      .slice(0, Math.floor(this.#maxNodes * 0.75));
    this.#forgotten += this.#live - kept.length;
    this.#nodes = kept;
    this.#parents = kept.map((_, index) => index);
    this.#byText = new Map(kept.map((node, index) => [node.template.text, index]));
    this.#live = kept.length;
    this.#lump = this.#byText.get(OTHER.text) ?? -1;
    this.#shapes.clear();
  }
}

/** Lines that no template could be kept for. */
export const OTHER: Template = { id: patternId('<*>'), text: '<*>' };

/** Longer templates are cut: they are for people to read. */
const MAX_TEXT = 1000;

/** A name that the parser or a rule knows is no part of a template: one person's lines are not a pattern. */
function withoutUser(tokens: string[], user: string | undefined): string[] {
  if (user === undefined || user === '') return tokens;
  return tokens.includes(user) ? joined(tokens.map((token) => (token === user ? VALUE : token))) : tokens;
}
