/**
 * Imported first by every script, for its effect: an old Node is told apart before anything newer is used.
 * Plain old syntax on purpose.
 */

var OLDEST = 20;

/**
 * @param {string} version as in process.versions.node
 * @returns {string | undefined} what to say, or undefined if this Node will do
 */
export function nodeVersionProblem(version) {
  if (parseInt(version, 10) >= OLDEST) return undefined;
  return (
    'Yagura needs Node ' +
    OLDEST +
    ' or newer to set itself up; this is Node ' +
    version +
    '.\n' +
    '  → Install a newer Node (your package manager or nodejs.org) and run the same command again.'
  );
}

var problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  console.error('✗ ' + problem);
  process.exit(1);
}
