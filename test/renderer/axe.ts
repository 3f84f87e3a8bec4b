import axe from 'axe-core';

/**
 * Serious and critical findings of axe in the page, one line each. Colour is left out: without layout there are no
 * colours to compare; the real window is checked for it end to end.
 */
export async function axeFindings(root: Element): Promise<string[]> {
  const { violations } = await axe.run(root, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`));
}
