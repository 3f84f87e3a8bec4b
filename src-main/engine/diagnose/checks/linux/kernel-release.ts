/** The numbers a kernel's release begins with: `6.1.0-40-amd64` gives 6, 1, 0, 40. */
function numbersOf(release: string): number[] {
  return (/^[\d.\-_]+/.exec(release)?.[0].match(/\d+/g) ?? []).map(Number);
}

/** What kind of kernel it is: `amd`, `cloud amd`, `generic`, `el`, `fc`. A cloud kernel does not replace a plain one. */
function flavourOf(release: string): string {
  return (release.match(/[a-z]{2,}/g) ?? []).join(' ');
}

/** Whether a kernel would be run instead of another of its kind after a restart. */
export function isNewerKernel(release: string, than: string): boolean {
  if (flavourOf(release) !== flavourOf(than)) return false;
  const [mine, others] = [numbersOf(release), numbersOf(than)];
  for (let index = 0; index < Math.max(mine.length, others.length); index += 1) {
    const difference = (mine[index] ?? -1) - (others[index] ?? -1);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
