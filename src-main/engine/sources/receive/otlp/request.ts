import { Refusal } from '../http-body.ts';
import { decodeProtobuf, MalformedProtobuf, OversizedProtobuf, type MessageType } from '../protobuf.ts';

export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';

const MAX_DEPTH = 100;
/** Objects and arrays of one body: three bytes make one, and each takes a hundred. */
const MAX_CONTAINERS = 500_000;

/**
 * The body of an OTLP request, of either encoding, in the shape of its JSON.
 * @throws Refusal 400, 413, 415
 */
export function readRequest(body: Buffer, contentType: string, type: MessageType): unknown {
  if (contentType === PROTOBUF) return readProtobuf(body, type);
  if (contentType !== JSON_TYPE) throw new Refusal(415, `content-type is ${PROTOBUF} or ${JSON_TYPE}`);
  refuseBomb(body);
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value;
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function readProtobuf(body: Buffer, type: MessageType): unknown {
  try {
    return decodeProtobuf(body, type);
  } catch (error) {
    if (error instanceof OversizedProtobuf) throw new Refusal(413, error.message);
    if (error instanceof MalformedProtobuf)
      throw new Refusal(400, `the body is not protobuf: ${error.message}`);
    throw error;
  }
}

const QUOTE = 34;
const BACKSLASH = 92;

/** A look at the brackets before anything is made of them. */
function refuseBomb(body: Buffer): void {
  let depth = 0;
  let containers = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    // `{` and `[`, `}` and `]` differ in one bit.
    else if ((byte | 32) === 123) {
      depth += 1;
      containers += 1;
      if (depth > MAX_DEPTH) throw new Refusal(400, 'the body is nested too deeply');
      if (containers > MAX_CONTAINERS) throw new Refusal(413, 'the body has too many parts');
    } else if ((byte | 32) === 125) depth -= 1;
  }
}
