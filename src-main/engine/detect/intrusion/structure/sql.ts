import { sqlShape } from './sql-tokens.ts';

/** One operand as SQL would take it. A bare word is left out: English is made of them. */
const OPERAND = '[1NsuvfFPgQ]';

/**
 * Shapes that no innocent text has, wherever they stand. Written for `sqlShape`; none has nested repetition, so each
 * runs in linear or, within MAX_TOKENS, bounded time.
 */
const ANYWHERE = anyOf([
  // union select <something>
  new RegExp(`U[(]*S[(]*(?:${OPERAND}|[*a]|n[,Rc(A)])`),
  /[1a)su][)]*U[(]*S/,
  // a subquery or stacked query that really is one
  new RegExp(`[(;,oaLs&][(]*S[(]*(?:${OPERAND}|[*a])`),
  /[(;oaLs][(]*S[(]*n[,RA.]/,
  /[(;,oaLsK&]CK/,
  // select <list> from
  /S(?:[1NsvQa]|[fFP]\([^()]{0,40}\))(?:,(?:[1NsvnQa]|[fFP]\([^()]{0,40}\)))*R[(]*[nQ]/,
  /(?:^|[(;,)])SnR[nQ](?:$|[HM;c)U,])/,
  /SS?[^;]{0,60}Rn?.{0,3}GB.{0,12}Y/,
  /S[^;]{0,60}GB[^;]{0,12}Y/,
  /^S[(a]*[1vNs][^;]{0,40},[^;]{0,40}[Rf]/,
  /^S[(]*P/,
  // what only an attacker calls or names
  /P\(/,
  /Q/,
  /(?:^|[^n?])f\(/,
  /I[(]?O/,
  // and/or with a comparison or a test behind it
  new RegExp(`[&][(!a]*${OPERAND.replace('F', 'n')}[)]*(?:\\([^()]{0,20}\\))?[)]*o[(]*[1NsuvfFPSQ]`),
  /[1)sNv][)]*&[(!a]*n[)]*o[(a]*[1sunv]/,
  /&[(!a]*[1suvNfn](?:\([^()]{0,20}\))?[)]*L[(]*[1suvNSf]/,
  /&[(!a]*[1suvNfn][)]*!?i\([1suNSf]/,
  /&[(!a]*[1suvNfn][)]*z!?N/,
  /&[(!a]*(?:exists)?\(S/,
  /[1sNv][)]*&[(!]*[1suNv][)]*c/,
  /\([^c]*[)]c$/,
  /H[(]*[1s]o[1sun]/,
  /[o&]v|v[o]/,
  // statements
  /;[(]*(?:d|D(?:[TIRvsQfc($]|nZ|$))/,
  /(?:^|[;)'a1cs])DTn(?:$|[(;c,])/,
  /DI[nQ](?:[(VS])/,
  /(?:^|[;)s1])DR[nQ][H;c]|[;)s1]DR[nQ]$/,
  /D[nQ]Zn?o/,
  /dv|d[fF(]|dQ|dn[us](?:$|c)/,
  /;(?:S|C|Z)[(n1vs*]/,
  // clauses
  /^[1N][)]*GB[1n]/,
  /Y[(]*[1sfF][^;]{0,12}o/,
  /CK[^;]{0,60}E/,
  /g\([1sSnfQ(]+[^)]{0,8}[o)]/,
  /[)ns]t/,
  /(?:^|[;,(o&a])[1N][)]+;?c/,
  /[1)su];c/,
  /nAsRn/,
]);

/** Shapes of what follows a quote that closes the string it was put into. */
const BEHIND_QUOTE = anyOf([
  /^[)]*;?c/,
  /^[)]*;(?:[SDdCP]|$)/,
  /^[)]*[&a]*[(]*S[^E]/,
  /^[)]*(?:U[(]*[S(]|GB|Y[1(fs]|IO|L[1(]|!?i\(|z!?N|An[HR])/,
  /^[)]*&[(!a]*[suNv1][)]*[oLizUc;&)a]/,
  /^[)]*&[(!a]*[fFPg]\(/,
  /^[)]*&[(!a]*n[)]*[oLiz]/,
  /^[)]*o[su1n(]/,
  /^[)]*&[us]&/,
  /^[)]*a[(]?[fPgF]\(/,
  /^[)]*t/,
  /^[)]*H[(]*[1sn]/,
  /^[)]*M1/,
]);

/** Shapes that count behind a single quote only: people put double quotes around words. */
const BEHIND_SINGLE_QUOTE = anyOf([/^[)]*[oa&][us]$/, /^[)]*&[(!a]*[suNv1][)]*$/, /^[)]*L[su]/]);

const MIGHT_BE_SQL =
  /['"`;#(=]|--|\/\*|\b(?:union|select|insert|update|delete|drop|create|truncate|exec|declare|waitfor|shutdown|information_schema|or|and|xor|having|order|like|sleep|from)\b|@@|\|\||&&|xp_|pg_|sys|_schema/;

/**
 * Whether a value would change the query it is put into: read as it stands, and read behind every kind of quote.
 * @param value one normalised parameter value (or any text a user could have entered)
 * @returns the part that says so
 */
export function findSql(value: string): string | undefined {
  if (value.length < 3 || !MIGHT_BE_SQL.test(value)) return undefined;
  const shape = sqlShape(value);
  if (ANYWHERE.test(shape)) return value;
  for (const quote of ["'", '"', '`']) {
    const at = value.indexOf(quote);
    if (at < 0) continue;
    const rest = sqlShape(value, at + 1);
    if (rest === '') continue;
    const quiet = quietQuote(rest, value, at);
    if (BEHIND_QUOTE.test(quiet) || ANYWHERE.test(rest)) return value.slice(at);
    if (quote === "'" && BEHIND_SINGLE_QUOTE.test(quiet)) return value.slice(at);
  }
  return undefined;
}

/** `movin' and 'groovin'`: a closed string at the very end is a quotation, an attacker leaves it open. */
function quietQuote(shape: string, value: string, at: number): string {
  return at > 0 && /[a-z]/.test(value[at - 1] ?? '') && /^&s$/.test(shape) ? '' : shape;
}

/** One expression for all: a call for each would take longer than what they do. */
function anyOf(shapes: readonly RegExp[]): RegExp {
  return new RegExp(shapes.map(({ source }) => `(?:${source})`).join('|'));
}
