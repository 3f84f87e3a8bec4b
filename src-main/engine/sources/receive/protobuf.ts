/*
 * Reads protocol buffers (encoding of proto3) by a table of fields into plain objects, named as proto3's JSON mapping names
 * them: OTLP's two encodings become one shape. Bytes are hostile: every length is checked, nesting and the number of
 * objects are bounded, what the table does not know is skipped.
 */

export type Scalar =
  | 'string'
  | 'bytes'
  /** Bytes as lower-case hexadecimal, as OTLP's JSON writes ids. */
  | 'hex'
  | 'double'
  | 'fixed64'
  | 'sfixed64'
  | 'int64'
  | 'uint64'
  | 'uint32'
  | 'sint32'
  | 'bool';

export interface MessageField {
  name: string;
  /** A function for messages, since they may hold themselves. */
  kind: Scalar | (() => MessageType);
  many?: true;
}

export type MessageType = Readonly<Record<number, MessageField>>;
export type ProtobufObject = Record<string, unknown>;

/** Bytes that are no message of that type. */
export class MalformedProtobuf extends Error {}
/** More than is read of one body, whatever its bytes. */
export class OversizedProtobuf extends Error {}

const MAX_DEPTH = 40;
/** Two bytes make an object: without a bound 8 MB would make gigabytes. */
const MAX_OBJECTS = 500_000;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** @throws MalformedProtobuf, OversizedProtobuf */
export function decodeProtobuf(bytes: Buffer, type: MessageType): ProtobufObject {
  return new Decoder(bytes).message(type, 0, bytes.length, 0);
}

class Decoder {
  readonly #bytes: Buffer;
  #objects = 0;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  message(type: MessageType, from: number, end: number, depth: number): ProtobufObject {
    if (depth > MAX_DEPTH) throw new MalformedProtobuf('nested too deeply');
    this.#objects += 1;
    if (this.#objects > MAX_OBJECTS) throw new OversizedProtobuf('too many values');
    const object: ProtobufObject = {};
    this.#at = from;
    while (this.#at < end) {
      const tag = this.#uint(end);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (number === 0) throw new MalformedProtobuf('a field has the number 0');
      const field = type[number];
      if (field === undefined) this.#skip(wire, end);
      else this.#field(object, field, wire, end, depth);
    }
    if (this.#at !== end) throw new MalformedProtobuf('a message ends within a field');
    return object;
  }

  #field(object: ProtobufObject, field: MessageField, wire: number, end: number, depth: number): void {
    const { name, kind, many } = field;
    if (wire === DELIMITED) {
      const [from, to] = this.#range(end);
      if (typeof kind === 'function') put(object, name, this.message(kind(), from, to, depth + 1), many);
      else if (kind === 'string') put(object, name, this.#bytes.toString('utf8', from, to), many);
      else if (kind === 'hex') put(object, name, this.#bytes.toString('hex', from, to), many);
      else if (kind === 'bytes') put(object, name, this.#bytes.toString('base64', from, to), many);
      else if (many === true) this.#packed(object, name, kind, from, to);
      else throw new MalformedProtobuf(`${name} has the wrong type`);
      this.#at = to;
      return;
    }
    if (typeof kind === 'function' || wire !== wireOf(kind))
      throw new MalformedProtobuf(`${name} has the wrong type`);
    put(object, name, this.#number(kind, end), many);
  }

  #packed(object: ProtobufObject, name: string, kind: Scalar, from: number, to: number): void {
    this.#at = from;
    while (this.#at < to) put(object, name, this.#number(kind, to), true);
  }

  #number(kind: Scalar, end: number): number | bigint | boolean {
    switch (kind) {
      case 'double': {
        const at = this.#take(8, end);
        return this.#bytes.readDoubleLE(at);
      }
      case 'fixed64':
        return this.#bytes.readBigUInt64LE(this.#take(8, end));
      case 'sfixed64':
        return this.#bytes.readBigInt64LE(this.#take(8, end));
      case 'int64':
        return BigInt.asIntN(64, this.#varint(end));
      case 'uint64':
        return BigInt.asUintN(64, this.#varint(end));
      case 'uint32':
        return Number(BigInt.asUintN(32, this.#varint(end)));
      case 'sint32': {
        const coded = Number(BigInt.asUintN(32, this.#varint(end)));
        return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      }
      case 'bool':
        return this.#varint(end) !== 0n;
      default:
        throw new MalformedProtobuf('a number is expected');
    }
  }

  #varint(end: number): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1, end)] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new MalformedProtobuf('a number has more than ten bytes');
  }

  /** A tag or a length: never beyond 32 bits. */
  #uint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 5; count += 1) {
      const byte = this.#bytes[this.#take(1, end)] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new MalformedProtobuf('a tag or length has more than five bytes');
  }

  #range(end: number): [number, number] {
    const length = this.#uint(end);
    const from = this.#at;
    if (length > end - from) throw new MalformedProtobuf('a field is longer than its message');
    return [from, from + length];
  }

  #skip(wire: number, end: number): void {
    if (wire === VARINT) this.#varint(end);
    else if (wire === FIXED64) this.#take(8, end);
    else if (wire === FIXED32) this.#take(4, end);
    else if (wire === DELIMITED) this.#at = this.#range(end)[1];
    else throw new MalformedProtobuf('a field has an unknown wire type');
  }

  #take(bytes: number, end: number): number {
    const at = this.#at;
    if (bytes > end - at) throw new MalformedProtobuf('a field is longer than its message');
    this.#at = at + bytes;
    return at;
  }
}

function wireOf(kind: Scalar): number {
  if (kind === 'double' || kind === 'fixed64' || kind === 'sfixed64') return FIXED64;
  return kind === 'string' || kind === 'bytes' || kind === 'hex' ? DELIMITED : VARINT;
}

function put(object: ProtobufObject, name: string, value: unknown, many: true | undefined): void {
  if (many !== true) {
    object[name] = value;
    return;
  }
  const before = object[name];
  if (Array.isArray(before)) before.push(value);
  else object[name] = [value];
}
