import { inNetwork, networkOf } from '../../../src-preload/contract/query/addresses.ts';
import { levelsOfName } from '../../../src-preload/contract/query/fields.ts';
import type { Bound, FieldNode, QueryNode, ValueTest } from '../../../src-preload/contract/query/syntax.ts';
import { timeSpanOf } from '../../../src-preload/contract/query/times.ts';
import type { LineFields } from '../../../src-main/engine/flow/field-reader.ts';

/** A line with everything known of it. */
export interface PlainLine extends LineFields {
  text: string;
  time: number;
  level: number;
  sourceId: string;
  logClass: string;
  address: string;
}

/** What a query means, the slow and plain way: line by line, with everything worked out beforehand. */
export function plainMatch(node: QueryNode, line: PlainLine, now: number): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every((each) => plainMatch(each, line, now));
    case 'or':
      return node.nodes.some((each) => plainMatch(each, line, now));
    case 'not':
      return !plainMatch(node.node, line, now);
    case 'text':
      return contains(line.text, node.text);
    case 'wildcard':
      return new RegExp(node.parts.map(escaped).join('\\S*'), 'i').test(line.text);
    case 'expression':
      return new RegExp(node.source, 'i').test(line.text);
    case 'field':
      return (node.literal !== undefined && contains(line.text, node.literal)) || ofField(node, line, now);
  }
}

function ofField({ name, test }: FieldNode, line: PlainLine, now: number): boolean {
  switch (name) {
    case 'level':
      return ofLevel(test, line.level);
    case 'class':
      return ofValue(test, line.logClass);
    case 'source':
      return ofValue(test, line.sourceId);
    case 'format':
      return ofValue(test, line.format);
    case 'trace':
      return line.identifiers.some(({ value }) => ofValue(test, value));
    case 'address': {
      const network = test.kind === 'is' ? networkOf(test.text) : undefined;
      return (
        line.address !== '' && (network ? inNetwork(network, line.address) : ofValue(test, line.address))
      );
    }
    case 'time':
      return ofTime(test, line.time, now);
    default:
      return line.fields.some(
        (field) =>
          (field.name === name || (name === 'path' && field.name === 'target')) &&
          (ofValue(test, field.value) ||
            (name === 'path' && test.kind === 'is' && ofValue(test, field.value.replace(/\?.*/, '')))),
      );
  }
}

function ofLevel(test: ValueTest, level: number): boolean {
  const [least, most] = levelsOfName(test.kind === 'is' ? test.text : '') ?? [8, 8];
  if (test.kind === 'range') return level <= (levelsOfName(test.least?.text ?? '')?.[1] ?? 7);
  return level >= least && level <= most;
}

function ofTime(test: ValueTest, time: number, now: number): boolean {
  if (test.kind !== 'range') return false;
  const edge = (bound: Bound | undefined) => (bound === undefined ? undefined : timeSpanOf(bound.text, now));
  return (
    time >= (edge(test.least)?.from ?? -Infinity) &&
    time < (edge(test.most)?.[test.most?.included === false ? 'from' : 'to'] ?? Infinity)
  );
}

function ofValue(test: ValueTest, value: string): boolean {
  switch (test.kind) {
    case 'any':
      return value !== '';
    case 'is':
      if (/^\dxx$/.test(test.text)) return new RegExp(`^${test.text[0] ?? ''}\\d\\d$`).test(value);
      return value.toLowerCase() === test.text.toLowerCase();
    case 'like':
      return new RegExp(`^${test.parts.map(escaped).join('.*')}$`, 'is').test(value);
    case 'expression':
      return new RegExp(test.source, 'i').test(value);
    case 'range': {
      const number = /^[\d.]+(?=[a-z%]*$)/.exec(value)?.[0];
      const { least, most } = test;
      return (
        number !== undefined &&
        (least === undefined || Number(number) >= Number(least.text)) &&
        (most === undefined || Number(number) <= Number(most.text))
      );
    }
  }
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
