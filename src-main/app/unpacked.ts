/**
 * Where a file of a packaged Yagura really lies: `…/app.asar/out/main/engine.js` is a place inside the archive, which only
 * Electron can read; what the engine needs lies beside it. A path that is in no archive stays as it is.
 */
export function unpacked(path: string): string {
  return path.replace(/([\\/])app\.asar([\\/])/, '$1app.asar.unpacked$2');
}
