import zlib from 'node:zlib';

/** What people are told to install. Not what is asked: 23.0 is newer than this and lacks zstd, which came with 23.8. */
export const NEEDED_NODE = '22.15';

/**
 * Asked instead: the youngest of what the engine needs, which is zstd, the stores' compression. The Node-API of the database
 * (10, without which loading it kills the process) is a minor version older.
 */
const YOUNGEST_NEED = 'zstdCompressSync';

/** Whether the engine and its commands can run in this very process. */
export function canRunEngine(compression: object = zlib): boolean {
  return YOUNGEST_NEED in compression;
}

/** What another Node is given to evaluate: it answers its version and, behind a space, whether it will do. */
export const NODE_PROBE = `process.version + ' ' + (${JSON.stringify(YOUNGEST_NEED)} in require('node:zlib'))`;
