import { parseQuery } from './parse.ts';
import type { QueryNode, ValueTest } from './syntax.ts';

/** Writes a query so that it reads as the same tree. */
export function printQuery(node: QueryNode): string {
  switch (node.kind) {
    case 'text':
      return quoted(node.text);
    case 'wildcard':
      return node.parts.join('*');
    case 'expression':
      return expressionOf(node.source);
    case 'field':
      return node.literal ?? `${node.name}:${valueOf(node.name, node.test)}`;
    case 'not': {
      const negated = inner(node.node);
      return negated.startsWith('-') ? `NOT ${negated}` : `-${negated}`;
    }
    case 'and':
      return node.nodes.map((each) => (each.kind === 'or' ? `(${printQuery(each)})` : inner(each))).join(' ');
    case 'or':
      return node.nodes.map((each) => (each.kind === 'or' ? inner(each) : printQuery(each))).join(' OR ');
  }
}

function inner(node: QueryNode): string {
  return node.kind === 'and' || node.kind === 'or' ? `(${printQuery(node)})` : printQuery(node);
}

/** A text as one term: as it is where it reads as such, else in quotes. */
export function quoted(text: string): string {
  // What a bracket, a colon or a slash means depends on what stands around it.
  if (!/[():]|^\//.test(text)) {
    const parsed = parseQuery(text);
    const node = parsed.ok ? parsed.node : undefined;
    if (node?.kind === 'text' && node.text === text && node.to === text.length) return text;
  }
  return phraseOf(text);
}

/** A text in quotes: looked for as it stands, whatever it holds. */
export function phraseOf(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;
}

/** `name:value`, for a click on a field; undefined where the name can't be written. */
export function fieldTerm(name: string, value: string): string | undefined {
  const plain = `${name}:${value}`;
  // What a bracket or a slash at the beginning means depends on what stands around it.
  if (!/[()]|:\//.test(plain) && readsAs(plain, value)) return plain;
  const phrase = `${name}:${phraseOf(value)}`;
  return readsAs(phrase, value) ? phrase : undefined;
}

function readsAs(term: string, value: string): boolean {
  const parsed = parseQuery(term);
  const node = parsed.ok ? parsed.node : undefined;
  if (node?.kind !== 'field' || node.from !== 0 || node.to !== term.length) return false;
  return node.test.kind === 'is' && node.test.text === value;
}

function expressionOf(source: string): string {
  return `/${source.replaceAll(/\\\/|\//g, '\\/')}/`;
}

function valueOf(name: string, test: ValueTest): string {
  switch (test.kind) {
    case 'any':
      return '*';
    case 'like':
      return test.parts.join('*');
    case 'expression':
      return expressionOf(test.source);
    case 'is':
      return fieldTerm(name, test.text)?.slice(name.length + 1) ?? phraseOf(test.text);
    case 'range':
      if (test.least !== undefined && test.most !== undefined) return `${test.least.text}..${test.most.text}`;
      if (test.least !== undefined) return `${test.least.included ? '>=' : '>'}${test.least.text}`;
      return `${test.most?.included === false ? '<' : '<='}${test.most?.text ?? ''}`;
  }
}
