import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';

const decoders = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) };

/** A request that is answered with an error: a status, and a sentence for the sender's log. */
export class Refusal extends Error {
  readonly status: number;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Bytes of bodies that all requests together may hold. */
export class BodyBudget {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** False where there is no room: the request has to come again. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limit) return false;
    this.#used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

/**
 * The body of a request, decompressed. Neither what is sent nor what it becomes may be larger than the limit, and all
 * bodies under way share one budget.
 * @param use is given the body; the budget is held until it is done
 * @throws Refusal 400, 413, 415, 503
 */
export async function withBody<Answer>(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget,
  use: (body: Buffer) => Promise<Answer>,
): Promise<Answer> {
  const tooLarge = new Refusal(413, `a body has at most ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  const decode = Object.entries(decoders).find(([name]) => name === encoding)?.[1];
  if (decode === undefined && encoding !== 'identity')
    throw new Refusal(415, 'content-encoding is gzip, deflate or none');
  let held = 0;
  const hold = (bytes: number): void => {
    if (!budget.take(bytes)) throw new Refusal(503, 'too much is under way', 1);
    held += bytes;
  };
  try {
    const sent = await readAll(request, limit, hold, tooLarge);
    if (decode === undefined) return await use(sent);
    // What it may become is held before it is known: it may be a bomb.
    hold(limit);
    const body = await decode(sent, { maxOutputLength: limit }).catch((error: unknown) => {
      const isLarge = error instanceof RangeError;
      throw isLarge ? tooLarge : new Refusal(400, `the body is not ${encoding}`);
    });
    return await use(body);
  } finally {
    budget.give(held);
  }
}

function readAll(
  request: IncomingMessage,
  limit: number,
  hold: (bytes: number) => void,
  tooLarge: Refusal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      length += part.length;
      try {
        if (length > limit) throw tooLarge;
        hold(part.length);
        parts.push(part);
      } catch (error) {
        request.pause();
        reject(error instanceof Error ? error : tooLarge);
      }
    });
    request.once('end', () => resolve(Buffer.concat(parts)));
    const ended = (): void => reject(new Refusal(400, 'the body ended too early'));
    request.once('close', ended);
    request.once('error', ended);
  });
}
