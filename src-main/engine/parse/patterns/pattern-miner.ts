import { createHash } from 'node:crypto';
import { ContextRules, type Judge } from './context-rules.ts';
import { ShapeTable } from './shape-table.ts';
import type { ScannedShape } from './shape-scanner.ts';
import { EMPTY, VALUE } from './template-token.ts';

/** A template: what a group of lines has in common, with `<*>` for what differs. */
export interface Template {
  /** Twelve hexadecimal digits of the text's hash: the same text is the same pattern in every thread and on every day. */
  id: string;
  text: string;
}

export interface PatternMinerOptions {
  judge: Judge;
  /** Templates and shapes not yet generalised that are kept. */
  maxNodes?: number;
  /** What happens to what is too much: `forget` the ones not seen for longest, or `lump` new ones together. */
  whenFull: 'forget' | 'lump';
}

/** A node: a shape, or the template that shapes were found to be of. */
interface Node {
  tokens: readonly string[];
  lines: number;
  /** The tick of its last line. */
  seen: number;
  template: Template;
}

/** Shapes whose node is looked up by hash alone. */
const MAX_SHAPES = 32_768;
const DEFAULT_NODES = 8192;
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

  constructor(options: PatternMinerOptions) {
    this.#judge = options.judge;
    this.#maxNodes = options.maxNodes ?? DEFAULT_NODES;
    this.#whenFull = options.whenFull;
    this.#rules = ContextRules.none();
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
   * @returns its node, good until the next `settle` with `forget`, for ever with `lump`
   */
  add(shape: ScannedShape, bytes: Uint8Array): number {
    const slot = this.#shapes.find(shape.high, shape.low);
    let node = this.#shapes.valueAt(slot);
    if (node < 0) {
      node = this.#nodeOf(shape, bytes);
      if (this.#shapes.isFull) this.#shapes.clear();
      this.#shapes.set(shape.high, shape.low, node);
    }
    const found = this.#nodes[node];
    if (found === undefined) return node;
    found.lines += 1;
    found.seen = this.#tick;
    return node;
  }

  /** To be called between batches: learns when there is enough to learn from, and makes room. */
  settle(): void {
    this.#tick += 1;
    if (this.#fresh >= RELEARN_LEAST && this.#fresh >= this.#live * RELEARN_SHARE) this.learn();
    else if (this.#live > this.#maxNodes) this.learn();
    if (this.#whenFull === 'forget' && this.#live > this.#maxNodes) this.#forget();
  }

  /** Works out what differs, from all that is known, and makes it wild. */
  learn(): void {
    this.#fresh = 0;
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

  /** All templates with their lines. */
  *templates(): Generator<{ template: Template; lines: number }> {
    for (const node of this.#nodes)
      if (node !== undefined) yield { template: node.template, lines: node.lines };
  }

  #nodeOf(shape: ScannedShape, bytes: Uint8Array): number {
    const tokens = this.#rules.apply(shape.tokens(bytes));
    const text = textOf(tokens);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#whenFull === 'lump' && this.#live >= this.#maxNodes) {
      this.learn();
      if (this.#live >= this.#maxNodes * 0.9) return this.#lumped();
      return this.#nodeOf(shape, bytes);
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
    const text = textOf(tokens);
    this.#byText.delete(node.template.text);
    const known = this.#byText.get(text);
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
    this.#shapes.clear();
  }
}

/** Lines that no template could be kept for. */
export const OTHER: Template = { id: patternId('<*>'), text: '<*>' };

function textOf(tokens: readonly string[]): string {
  return tokens.join('').replaceAll(VALUE, '<*>').replaceAll(EMPTY, '');
}

/** Id of a template's text. */
export function patternId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
