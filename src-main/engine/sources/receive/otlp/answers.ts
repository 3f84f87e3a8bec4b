import type { HttpAnswer } from '../http-listener.ts';
import { JSON_TYPE, PROTOBUF } from './request.ts';

/**
 * The answer to a request that was taken, wholly or in part.
 * @param name of the count in JSON
 * @param rejected 0: all was taken, and the answer is empty
 */
export function partialSuccess(
  name: 'rejectedLogRecords' | 'rejectedDataPoints',
  rejected: number,
  reason: string,
  contentType: string,
): HttpAnswer {
  if (contentType === PROTOBUF) {
    const partial = Buffer.concat([varintField(1, rejected), textField(2, reason)]);
    return { type: PROTOBUF, body: rejected === 0 ? Buffer.alloc(0) : bytesField(1, partial) };
  }
  const body = rejected === 0 ? {} : { partialSuccess: { [name]: String(rejected), errorMessage: reason } };
  return { type: JSON_TYPE, body: JSON.stringify(body) };
}

/** An error as OTLP asks for it: a google.rpc.Status, of which the message counts. */
export function statusOf(message: string, contentType: string): HttpAnswer {
  return contentType === PROTOBUF
    ? { type: PROTOBUF, body: textField(2, message) }
    : { type: JSON_TYPE, body: JSON.stringify({ message }) };
}

function varintField(number: number, value: number): Buffer {
  return Buffer.from([number * 8, ...varint(value)]);
}

function textField(number: number, text: string): Buffer {
  return bytesField(number, Buffer.from(text));
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
