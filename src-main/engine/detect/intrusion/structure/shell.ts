import { COMMON_WORDS, SURE_COMMANDS, WINDOWS_FLOW } from './shell-words.ts';

/** Where a shell starts a new command. */
const SEPARATOR =
  /(?:[;|`\n]|&{1,2}|\$\(+|\$\{|<\(|>\(|\(\)|\{,|=\(|\bthen |\bdo |!)[ "'({@]{0,6}(?:\S{0,12}=\S{0,12} )?((?:[/.~][\w./?*~-]{0,40}\/)?[a-z_0-9.\\'"$@?*{}[\]:^-]{1,40})(.{0,120})/g;

/** A value that is a command line from its first letter. */
const LEADING = /^[ "'(]{0,4}((?:[/.~][\w./?*~-]{0,40}\/)?[a-z_0-9.\\'"$@?*{}[\]:^-]{1,40})(.{0,120})/;

/** An argument that belongs to a command, not to a sentence. */
const ARGUMENT =
  /^(?:\.exe)?(?: ?[\t ]?(?:-{1,2}[a-z]|\/[a-z.?*$]|\.{1,2}\/|~\/|[a-z]:[\\/]|https?:|ftp:|\d{1,3}(?:\.\d{1,3}){3}|\$[\w({]|<|>|`|\*|[\w.-]{1,40}\.(?:php|txt|sh|py|pl|exe|bat|ps1|conf|ini|log|html?|cgi|com|net|org)\b)| ?[|&;)`}]|<|>|\$\{?ifs)/;

const SURE_ARGUMENT = /^(?:\.exe)?(?:[^a-z_0-9.=:/-]|$|\/[a-z] )/;

/** Signs of a shell that need no command name. */
const SIGNS: readonly RegExp[] = [
  /\$\{?ifs\b|\$ifs\$/,
  /\/dev\/(?:tcp|udp)\/|\b\d?>&\d\b/,
  /(?:^|[^\w.])\/(?:usr\/(?:local\/)?)?s?bin\/[a-z?*[]/,
  /\/[a-z?*]{0,5}\?[a-z?*]{0,5}\/[a-z?*]{0,6}\?[a-z?*]{0,6}(?:[ /]|$)/,
  /\b(?:cmd|command)(?:\.exe|\.com)?["']? ?\/[ckrs]\b|%comspec%|\bpowershell(?:\.exe)?["']? +(?:[-/]|[a-z]:|\$|\w+-\w)/,
  /\b(?:invoke-(?:expression|webrequest|command|item)|iex ?\(|new-object (?:system\.)?net|start-process|get-content |downloadstring\()/,
  /\(\) ?\{ ?:? ?;? ?\} ?;/,
  /\$\((?:\(|<|[a-z]{2,20}[ )]|["'`$])/,
  /`[^`]{0,6}\b(?:[a-z]{2,12})(?:<<<|[ $<][^`]{0,60})`/,
  /^[ ]?!-?\d+(?:!-?\d+)*(?: ?\S{0,20})?$|^~[-+]\d{0,3}$/,
  /\$\{[#!@*]|\$\{\w{1,20}[:#%^,/@][^}]{0,20}\}|\$'\\|\$[@*#][a-z"']|[a-z]\$@[a-z]|\$\{@\}/,
  /\{,?[a-z/]{2,20},[^}{]{1,60}\}/,
  /<<<[ ]?["'$\w]|<\(\w+/,
  /[;|&`(] ?sleep \d/,
  /(?:^|[;&|] ?)(?:set|export|unset|alias) (?:\/a )?\w{1,30}=.{0,60}[;&|]/,
  /[a-z]\s?<>|\bwin(?:nt|dows)[\\/]system32[\\/]/,
];

const MIGHT_BE_SHELL = /[;|&`$(){}<>\n%!~\\'"]|\/|(?:^| )\w+ -|\.exe|cmd|^ ?[a-z]{2,12}(?: |$)/;

/**
 * Whether a value would start a program if it reached a shell.
 * @param value one normalised parameter value
 */
export function findShell(value: string): string | undefined {
  if (value.length < 2 || !MIGHT_BE_SHELL.test(value)) return undefined;
  for (const sign of SIGNS) {
    const found = sign.exec(value);
    if (found !== null) return found[0];
  }
  for (const flow of WINDOWS_FLOW) {
    const found = flow.exec(value);
    if (found !== null) return found[0];
  }
  SEPARATOR.lastIndex = 0;
  for (let found = SEPARATOR.exec(value); found !== null; found = SEPARATOR.exec(value)) {
    if (startsCommand(found[1] ?? '', found[2] ?? '', true)) return found[0];
    // The next command may begin right behind this separator.
    SEPARATOR.lastIndex = found.index + 1;
  }
  const leading = LEADING.exec(value);
  if (leading !== null && startsCommand(leading[1] ?? '', leading[2] ?? '', false)) return leading[0];
  return undefined;
}

function startsCommand(word: string, rest: string, separated: boolean): boolean {
  const plain = unquoteWord(word);
  const name = plain.slice(plain.lastIndexOf('/') + 1).replace(/\.exe$/, '');
  const disguised = plain !== word && DISGUISE.test(word);
  if (SURE_COMMANDS.has(name)) {
    if (disguised || (separated && plain.includes('/'))) return true;
    return separated ? SURE_ARGUMENT.test(rest) && !isProse(rest) : ARGUMENT.test(rest);
  }
  if (COMMON_WORDS.has(name)) {
    if (disguised) return true;
    // `salt & pepper`: only what follows the separator tells, and it is looked at by itself.
    return ARGUMENT.test(rest) && (separated || !/^ ?[)&;|}]/.test(rest));
  }
  return false;
}

/** A backslash, caret or pair of quotes inside a word. One apostrophe is grammar: `i'd`. */
const DISGUISE = /[a-z]\\+[a-z]|[a-z](?:''|"")[a-z]|['"][a-z]+['"][a-z]|[a-z]['"][a-z]+['"]|[a-z]\^|\$@/;

/** Three plain words in a row are a sentence: `; make sure you wash it first`. */
function isProse(rest: string): boolean {
  return /^ [a-z]{2,}[,.]? [a-z]+[,.]? [a-z]+/.test(rest);
}

/** `c\at`, `c'a't`, `c""at`, `c^at`, `who$@ami` are all the plain word to a shell. */
function unquoteWord(word: string): string {
  return word.replaceAll(/\\|\^|''|""|'|"|\$@|\$\*/g, '');
}
