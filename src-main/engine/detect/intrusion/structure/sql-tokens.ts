/**
 * Turns a text into the string of its SQL token classes, one character a token, so that the shape of an injection can be
 * recognised whatever names, numbers and spacing it uses. `1 or 2=2 -- x` becomes `1&1o1c`.
 *
 * | class | token | class | token |
 * |---|---|---|---|
 * | 1 N | number, null/true/false | s u | closed, unclosed string |
 * | n v Q | word, @variable, system table | f P F | known, dangerous, unknown function before `(` |
 * | S U D d | select, union, statement, strong statement | R H I T V Z | from where into table values set |
 * | G B Y M | group/order, by, having, limit | A J O | as, join, outfile |
 * | C K E g | case, when, then/else/end, if( | & | and, or, xor, &&, \|\| |
 * | o a ! | comparison, arithmetic, not | L i z | like…, in, is |
 * | c t | comment, cast to a type | ; , ( ) . ? | themselves, anything else |
 */
const WORDS = new Map<string, string>();
const define = (token: string, words: string): void => {
  for (const word of words.split(' ')) WORDS.set(word, token);
};
define('&', 'and or xor');
define('!', 'not');
define('N', 'null true false');
define('S', 'select');
define('U', 'union intersect except');
define(
  'D',
  'insert update delete drop create alter replace merge grant revoke call rename handler load copy',
);
define('d', 'exec execute declare truncate shutdown waitfor');
define('R', 'from');
define('H', 'where');
define('I', 'into');
define('T', 'table database schema view index trigger procedure function role login column tablespace');
define('V', 'values value');
define('Z', 'set');
define('G', 'group order');
define('B', 'by');
define('Y', 'having');
define('M', 'limit offset');
define('A', 'as');
define('J', 'join using');
define('O', 'outfile dumpfile');
define('C', 'case');
define('K', 'when');
define('E', 'then else end');
define('L', 'like rlike regexp ilike glob sounds between similar');
define('i', 'in');
define('z', 'is');
define('a', 'div mod');
define(
  'Q',
  'information_schema pg_catalog sysobjects syscolumns sysusers sqlite_master sqlite_schema all_tables ' +
    'user_tables all_tab_columns pg_tables pg_shadow pg_user pg_stat_activity msysaccessobjects sysdatabases xp_cmdshell xp_regread ' +
    'xp_regwrite xp_dirtree xp_fileexist xp_loginconfig xp_makecab xp_ntsec xp_terminate_process sp_executesql ' +
    'sp_oacreate sp_password sp_configure sp_makewebtask sp_addextendedproc openrowset opendatasource openquery ' +
    'utl_http utl_inaddr utl_file dbms_pipe dbms_java dbms_lock dbms_ldap dbms_xmlgen all_users rdb$database rdb$fields ' +
    'table_schema table_name column_name schema_name innodb_table_stats innodb_index_stats',
);

const FUNCTIONS = new Map<string, string>();
for (const word of (
  'sleep benchmark pg_sleep extractvalue updatexml load_file randomblob generate_series make_set elt ' +
  'name_const xmltype xp_cmdshell regexp_substring crypt_key analyse load_extension lo_import lo_export ' +
  'get_lock release_lock json_keys geometrycollection polygon multipoint linestring multilinestring gtid_subset ' +
  'row_count ctxsys pg_read_file dblink_connect query_to_xml database_to_xml sys_eval sys_exec iif aes_decrypt'
).split(' '))
  FUNCTIONS.set(word, 'P');
for (const word of (
  'md5 sha1 sha2 substr substring substring_index strcmp unhex hex decode encode concat concat_ws group_concat ' +
  'char chr ascii ord mid database current_user session_user system_user user version count upper lower length ' +
  'char_length character_length bin oct conv cast convert coalesce ifnull nullif isnull nvl greatest least ' +
  'floor ceil round rand random exp pow power sqrt log ln pi abs sign div greatest quote reverse repeat replace ' +
  'rpad lpad ltrim rtrim trim instr locate position field find_in_set export_set to_base64 from_base64 uuid ' +
  'last_insert_id connection_id schema unistr string_agg array_agg string_to_array xmlagg xmlelement to_char ' +
  'to_number now curdate current_timestamp datediff date_add min max sum avg soundex space ' +
  'newid db_name host_name object_id col_name suser_name user_name serverproperty stuff quotename current_database ' +
  'inet_server_addr version_compare encrypt compress uncompress uncompressed_length des_encrypt aes_encrypt password ' +
  'bit_count bit_length crc32 inet_aton inet_ntoa interval json_extract json_value json_query least like likelihood ' +
  'total_changes typeof unicode zeroblob nchar patindex charindex difference'
).split(' '))
  if (!FUNCTIONS.has(word)) FUNCTIONS.set(word, 'f');

const CAST_TYPE =
  /^::\s*(?:int|integer|int4|int8|bigint|smallint|text|varchar|char|json|jsonb|bool|boolean|numeric|decimal|double|real|float|bytea|regclass|date|timestamp|xml|uuid|money|name)\b/;
const WORD = /[\p{L}_$@#][\p{L}\p{N}_$@#]*/uy;
const NUMBER = /(?:0x[0-9a-f]+|0b[01]+|\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+)/y;

const NUMBERS_ONLY = /^ \(\s?["']?[\d\s^*+/-]+["']?\s?\)/;

/** Longer inputs are cut: an injection past this many tokens has long shown its shape. */
const MAX_TOKENS = 600;

/**
 * @param text normalised (lower case, decoded)
 * @param from where to begin: behind a quote, to read the text as the database would after the quote closed its string
 */
export function sqlShape(text: string, from = 0): string {
  let shape = '';
  let at = from;
  while (at < text.length && shape.length < MAX_TOKENS) {
    const code = text.charCodeAt(at);
    if (code <= 32) {
      at += 1;
    } else if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(at + 1)))) {
      NUMBER.lastIndex = at;
      const found = NUMBER.exec(text);
      at += found?.[0].length ?? 1;
      // `2nd`, `60s`: a word that begins with a digit.
      if (isLetter(text.charCodeAt(at)) && !wordFollows(text, at)) {
        at = endOfWord(text, at);
        shape += 'n';
      } else shape += '1';
    } else if (code === 39 || code === 34) {
      const end = endOfString(text, at);
      shape += end < 0 ? 'u' : 's';
      at = end < 0 ? text.length : end;
    } else if (code === 96) {
      const end = text.indexOf('`', at + 1);
      shape += 'n';
      at = end < 0 ? text.length : end + 1;
    } else if (isLetter(code) || code === 95 || code === 64 || code === 36) {
      const end = endOfWord(text, at);
      shape += wordClass(text, at, end);
      at = end;
    } else {
      const token = punctuation(text, at);
      shape += token.class;
      at += token.length;
    }
  }
  return shape
    .replaceAll(/(?:[nQ]\.)+(?=[nQ])/g, (path) => (path.includes('Q') ? 'Q.' : ''))
    .replaceAll(/Q\.[nQ*]?/g, 'Q');
}

interface Token {
  class: string;
  length: number;
}

function punctuation(text: string, at: number): Token {
  const two = text.slice(at, at + 2);
  switch (two) {
    case '--': {
      const after = text.charCodeAt(at + 2);
      // `cards' --infant -child` is a search with exclusions, not a comment.
      if (isLetter(after)) return { class: 'aa', length: 2 };
      return { class: 'c', length: text.length - at };
    }
    case '/*': {
      if (text.charCodeAt(at + 2) === 33) {
        NUMBER.lastIndex = at + 3;
        return { class: '', length: 3 + (NUMBER.exec(text)?.[0].length ?? 0) };
      }
      const end = text.indexOf('*/', at + 2);
      return end < 0 ? { class: 'c', length: text.length - at } : { class: '', length: end + 2 - at };
    }
    case '*/':
      return { class: '', length: 2 };
    case '&&':
    case '||':
      return { class: '&', length: 2 };
    case '::': {
      const found = CAST_TYPE.exec(text.slice(at, at + 24));
      return found === null ? { class: '?', length: 2 } : { class: 't', length: found[0].length };
    }
    case '<=':
    case '>=':
    case '!=':
    case '<>':
    case '==':
    case ':=':
    case '@>':
    case '<@':
    case '->':
    case '!<':
    case '!>':
      return { class: 'o', length: text[at + 2] === '>' ? 3 : 2 };
    default:
  }
  const character = text[at] ?? '';
  if (character === '#') return { class: 'c', length: text.length - at };
  if (character === '{' && /^\{\s*[a-z`]/.test(text.slice(at, at + 8))) return { class: '(', length: 1 };
  if ('=<>'.includes(character)) return { class: 'o', length: 1 };
  if ('+-*/%^~|&'.includes(character)) return { class: 'a', length: 1 };
  if (character === '!') return { class: '!', length: 1 };
  return { class: ';,().'.includes(character) ? character : '?', length: 1 };
}

function wordClass(text: string, start: number, end: number): string {
  const word = text.slice(start, end);
  if (word.startsWith('@')) return word.startsWith('@@') ? 'Q' : word.length > 1 ? 'v' : '?';
  const open = text.charCodeAt(end) === 40;
  const spaced = !open && text.charCodeAt(end) === 32 && text.charCodeAt(end + 1) === 40;
  if (open || spaced) {
    if (word === 'if') return open ? 'g' : 'n';
    const known = FUNCTIONS.get(word);
    // `count (5)` with a blank is more often English than SQL; what can do harm counts either way.
    if (known !== undefined && open) return known;
    // `sleep (8 hours)` is a sentence, `sleep (5 ^ 2)` is not.
    if (known === 'P' && (word !== 'sleep' || NUMBERS_ONLY.test(text.slice(end, end + 40)))) return known;
  }
  if (word === 'all' || word === 'distinct' || word === 'distinctrow' || word === 'binary') return '';
  const token = WORDS.get(word);
  if (token !== undefined) return token;
  return open ? 'F' : 'n';
}

/** The end of the string that begins at `at` (behind its closing quote), -1 where it never closes. */
function endOfString(text: string, at: number): number {
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 92) i += 1;
    else if (code === quote) {
      if (text.charCodeAt(i + 1) !== quote) return i + 1;
      i += 1;
    }
  }
  return -1;
}

function endOfWord(text: string, at: number): number {
  WORD.lastIndex = at;
  const found = WORD.exec(text);
  return at + (found?.[0].length ?? 1);
}

/** `1and 1=1`: some databases end a number where the letters begin. */
function wordFollows(text: string, at: number): boolean {
  const word = text.slice(at, endOfWord(text, at));
  const token = WORDS.get(word);
  return token === '&' || token === 'U' || token === 'G' || token === 'R';
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || code > 127;
