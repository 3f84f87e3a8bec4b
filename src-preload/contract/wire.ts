import { z } from 'zod';

/**
 * How a face finds an engine and gets in: what both ends of the local socket must agree on beside the calls themselves.
 */

/** In the data directory: says where the engine of this directory listens. Written when it listens, removed when it ends. */
export const ENGINE_FILE = 'engine.json';
/** In the data directory: the secret a face shows. Only its owner can read it. */
export const TOKEN_FILE = 'engine.token';

/** Calls of a face to the engine. */
export const ENGINE_PATH = '/engine';
/** The other way round: the engine calls, the face serves `hostContract`. */
export const HOST_PATH = '/host';

/**
 * Request header a face sends on its host connection when it started the engine: `1`. Such an engine lives as long as
 * that connection, so that a killed desktop leaves no engine behind.
 */
export const OWNER_HEADER = 'x-yagura-owner';

/** Request header of a connection whose frames come from a page: `1`. Some calls are not for pages. */
export const PAGE_HEADER = 'x-yagura-page';

/** Close code of a host connection: the owner asks the engine to finish its work and end. */
export const CLOSE_STOP = 4001;
/** Close code: what came in was not a frame of this protocol. */
export const CLOSE_GARBAGE = 4002;
/** Close code: the engine is ending. */
export const CLOSE_ENDING = 4003;

/** Longest frame a face may send. The longest input, a settings change with all its lists, stays below a quarter of it. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

export const engineFileSchema = z.object({
  pid: z.number().int().positive(),
  /** Path of the Unix socket, or name of the pipe. */
  socket: z.string().min(1).max(1000),
  /** UTC milliseconds. */
  startedAt: z.number().int().min(0),
  version: z.string().max(100),
  protocol: z.number().int(),
});
/** Where an engine listens, as its data directory records it. */
export type EngineFile = z.infer<typeof engineFileSchema>;
