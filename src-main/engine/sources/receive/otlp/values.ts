/** What an attribute or a body holds, as JSON. */
export type PlainValue = string | number | boolean | null | PlainValue[] | { [name: string]: PlainValue };

const MAX_DEPTH = 20;
/** Attributes of one record; a hostile one has more. */
const MAX_ATTRIBUTES = 200;

/** An object of a request, whichever encoding it came in; anything else reads as empty. */
export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A 64-bit number: JSON writes it as text, protobuf gives a bigint. */
export function asBigInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  return 0n;
}

/** A double: JSON writes `"NaN"` and `"Infinity"` as text. */
export function asNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.trim() !== '') return Number(value);
  return Number.NaN;
}

/** Attributes as an object; the first of two of one name counts. */
export function attributesOf(value: unknown, depth = 0): Record<string, PlainValue> {
  const found = new Map<string, PlainValue>();
  for (const each of asList(value)) {
    if (found.size >= MAX_ATTRIBUTES) break;
    const { key, value: inner } = asObject(each);
    if (typeof key === 'string' && !found.has(key)) found.set(key, plainValue(inner, depth));
  }
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(found);
}

/** An AnyValue as JSON writes it. A number that JSON would round stays text. */
export function plainValue(value: unknown, depth = 0): PlainValue {
  const any = asObject(value);
  if (depth > MAX_DEPTH) return null;
  if (typeof any['stringValue'] === 'string') return any['stringValue'];
  if (typeof any['boolValue'] === 'boolean') return any['boolValue'];
  if (any['intValue'] !== undefined) {
    const number = asBigInt(any['intValue']);
    return Number.isSafeInteger(Number(number)) ? Number(number) : String(number);
  }
  if (any['doubleValue'] !== undefined) {
    const number = asNumber(any['doubleValue']);
    return Number.isFinite(number) ? number : String(number);
  }
  if (any['arrayValue'] !== undefined)
    return asList(asObject(any['arrayValue'])['values']).map((each) => plainValue(each, depth + 1));
  if (any['kvlistValue'] !== undefined)
    return attributesOf(asObject(any['kvlistValue'])['values'], depth + 1);
  if (typeof any['bytesValue'] === 'string') return any['bytesValue'];
  return null;
}
