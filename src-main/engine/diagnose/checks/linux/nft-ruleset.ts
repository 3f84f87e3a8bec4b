/** Whether what comes in and was not asked for is refused, over IPv4 and over IPv6. */
export interface Closed {
  ipv4: boolean;
  ipv6: boolean;
}

interface Chain {
  family: string;
  table: string;
  name: string;
  /** `type filter hook input …; policy drop;`, for chains that the kernel calls. */
  hook: string;
  rules: string[];
}

/** Chains that call chains that call chains: firewalld goes three deep. */
const MAX_DEPTH = 8;
/** What a rule may do besides, for every packet alike: it is no condition. */
const SIDE_EFFECTS =
  /\b(counter( packets \d+ bytes \d+)?|log( prefix "[^"]*"| level \w+| group \d+| flags \w+)*)\s*/g;

/**
 * Reads a rule set as `nft list ruleset` prints it or as /etc/nftables.conf has it (nft(8)), and says whether input is
 * closed: by its policy, or by a last rule that refuses all. Refusing some addresses only closes nothing.
 */
export function closedBy(ruleset: string): Closed {
  const chains = chainsOf(ruleset);
  const closed = { ipv4: false, ipv6: false };
  for (const chain of chains) {
    if (!/\btype filter hook input\b/.test(chain.hook)) continue;
    const siblings = chains.filter(({ family, table }) => family === chain.family && table === chain.table);
    const refuses = endOf(chain, siblings, 0) ?? (/\bpolicy drop\b/.test(chain.hook) ? 'refuse' : 'accept');
    if (refuses !== 'refuse') continue;
    if (chain.family === 'inet' || chain.family === 'ip') closed.ipv4 = true;
    if (chain.family === 'inet' || chain.family === 'ip6') closed.ipv6 = true;
  }
  return closed;
}

/** What happens to a packet that no rule with a condition took; undefined when it comes out at the end. */
function endOf(chain: Chain, siblings: readonly Chain[], depth: number): 'accept' | 'refuse' | undefined {
  if (depth > MAX_DEPTH) return undefined;
  for (const rule of chain.rules) {
    const plain = rule
      .replace(/ comment ".*"$/, '')
      .replace(SIDE_EFFECTS, '')
      .trim();
    if (plain === 'accept') return 'accept';
    if (/^(drop|reject\b.*)$/.test(plain)) return 'refuse';
    const [, verb, target] = /^(jump|goto) (\S+)$/.exec(plain) ?? [];
    if (verb === undefined) continue;
    const called = siblings.find(({ name }) => name === target);
    const end = called === undefined ? undefined : endOf(called, siblings, depth + 1);
    if (end !== undefined || verb === 'goto') return end;
  }
  return undefined;
}

function chainsOf(ruleset: string): Chain[] {
  const chains: Chain[] = [];
  let [family, table] = ['ip', ''];
  let chain: Chain | undefined;
  for (const line of ruleset.split('\n').map((each) => each.replace(/(^|\s)#.*$/, '').trim())) {
    const [, kind, ...names] = /^(table|chain) (?:(\w+) )?(\S+) \{$/.exec(line) ?? [];
    if (kind === 'table') [family, table] = [names[0] ?? 'ip', names[1] ?? ''];
    else if (kind === 'chain') {
      chain = { family, table, name: names[1] ?? '', hook: '', rules: [] };
      chains.push(chain);
    } else if (line === '}') chain = undefined;
    else if (chain !== undefined && /^(type|policy) /.test(line)) chain.hook += ` ${line}`;
    else if (chain !== undefined && line !== '') chain.rules.push(line);
  }
  return chains;
}
