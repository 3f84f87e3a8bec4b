/**
 * Markup that would run or load something if a page printed the text. A plain `<b>` or a link is text with markup in it,
 * not an attack; what counts is an element that runs, an attribute that runs, or a scheme that runs.
 */
const RUNNING_ELEMENT =
  /<[\s/]*(?:\w{1,20}:)?(?:script|iframe|frame|frameset|object|embed|applet|svg|math|meta|link|base|style|bgsound|layer|ilayer|xml|xss|isindex|marquee|template|foreignobject|animate|animatetransform|animatemotion|set|handler|listener|keygen|portal|noscript|import|implementation|comment|body|html|head|video|audio|source|track|details|dialog|form|input|button|textarea|select|option|img|image|picture|map|area|title|plaintext|xmp|noembed|noframes|vmlframe|custom|blink|basefont|fencedframe|slot|colgroup)\b(?=[\s/>"'=<(+:]|$)/;
const RUNNING_ATTRIBUTE =
  /(?:<[^>]{0,400}|["'`/\s]\s?|^)(?:on[a-z]{4,40}|formaction|srcdoc|xlink:href|dynsrc|lowsrc|fscommand|seeksegmenttime)\s?=/;
/** Attributes that `onsale=1` and the like must not be taken for: in open text only known handlers count. */
const KNOWN_HANDLER =
  /(?:^|["'`/\s<;>])on(?:abort|activate|after\w+|animation\w+|auxclick|before\w+|begin|blur|bounce|cancel|canplay\w*|change|click|close|contextmenu|copy|cuechange|cut|dbl\w+|drag\w*|drop|durationchange|ended|end|error|finish|focus\w*|formdata|fullscreen\w*|gesture\w+|gotpointer\w+|hashchange|hover|input|invalid|key\w+|load\w*|lostpointer\w+|message\w*|mouse\w+|offline|online|page\w+|paste|pause|play\w*|pointer\w+|popstate|progress|ratechange|readystatechange|repeat|reset|resize|scroll\w*|search|seek\w+|select\w*|show|slotchange|stalled|start|storage|submit|suspend|timeupdate|toggle|touch\w+|transition\w+|unload|volumechange|wait\w*|webkit\w+|wheel|zoom)\s?=/;
const STYLED_ELEMENT = /<[a-z][^>]{0,400}\b(?:style|datasrc|datafld|background|filter|folder)\s?=/;
const SCHEME =
  /(?:j\s?a\s?v\s?a\s?s\s?c\s?r\s?i\s?p\s?t|v\s?b\s?s\s?c\s?r\s?i\s?p\s?t|livescript|mocha|jar)\s?:(?!\s?(?:void\s?\(?\s?0?\s?\)?;?|;|\/\/;?|history\.(?:back|go)\([-\d]*\);?|window\.print\(\);?)?\s*(?:$|["'#&]))/;
const DATA_SCHEME =
  /(?:^|[\s"'=(,])data\s?:\s?(?:text\/(?:html|xml|javascript|vbscript)|image\/svg|application\/(?:x?html|xml|javascript)|[^,\s]{0,60};\s?base64|,\s?<|[,;]\s?window)/;
const DECLARATION = /<!(?:--|\[cdata\[|doctype|entity|attlist|element)|<\?(?:import|xml|php|=)|-->|<%/;
const STYLE =
  /(?:expression\s?\(|-moz-binding|behaviou?r\s?:\s?url|@\\?i\\?m\\?port\b|url\s?\(\s?["']?\s?(?:javascript|data|vbscript)\s?:?|\{[^}]{0,60}list-style)/;
const SINK =
  /\b(?:alert|prompt|confirm|eval|settimeout|setinterval|setimmediate|execscript|btoa|atob|unescape|msgbox)\s?(?:\(|`|\.(?:call|apply)|\))|\bstring\s?\.\s?fromcharcode|\bdocument\s?(?:\.|\[|\)\s?\[|\?\.)\s?["'`]?\+?["'`]?(?:cookie|domain|location|write|url|referrer|body|documentelement|createelement|getelement|forms|baseuri|implementation)|\b(?:window|self|top|parent|this|globalthis|frames)\s?(?:\[\s?["'`/(+\w]|\)\s?\[|\.\s?(?:location|open|onerror|name|alert|eval|document|constructor))|\b(?:innerhtml|outerhtml|insertadjacenthtml|srcdoc|fromcharcode|constructor\s?\(|constructor\.constructor)\b|\.constructor\s?\(|\blocation\s?(?:\.\s?(?:hash|href|replace|assign)|=\s?["'`\w]|\[)|\blocalstorage\b|\bsessionstorage\s?\.|\bxmlhttprequest\b|\bimport\s?\(\s?["'`]|\bimport\s?\{[^}]*\}\s?from|\bnew\s+(?:function|image)\b|\bfunction\s?\(\)\s?\{|\bfetch\s?\(\s?["'`]|=>\s?(?:alert|\{)|\bthrow\s?(?:1|onerror|\/)|\bonerror\s?=|\bwith\s?\(\s?(?:document|window)|\bmozbinding\b|\breflect\.|\{\{\s?constructor/;
/** Scripts spelled with brackets and operators alone. */
const BRACKETS_ONLY = /[[\]()!+{}]{14,}|(?:\[\s?\]|!\s?\[\s?\]|\(\s?!)(?:[\s+![\](){}]){10,}/;
/** `¼script¾`: angle brackets of a seven-bit reading. */
const SEVEN_BIT = /[\u00bc\u00be](?:script|img|svg|iframe)/;
const OPEN_TAG_BREAK =
  /["'][^<>]{0,40}>\s?<[a-z!/?]|<[a-z]{1,20}\/[a-z]{1,20}=|<\w{1,20}\s+[^>]{0,200}(?:href|src|data|action)\s?=\s?["'`]?\s?(?:\/\/|[a-z]{3,12}:(?!\/\/|\/[a-z]|mailto)|[\u0001-\u001f])|<"on|<d i a l o g/;

const MIGHT_BE_MARKUP = /[<>=:([`\u00bc]|-->|document|constructor|storage/;

const CHECKS: readonly RegExp[] = [
  RUNNING_ELEMENT,
  KNOWN_HANDLER,
  STYLED_ELEMENT,
  SCHEME,
  DATA_SCHEME,
  DECLARATION,
  STYLE,
  SINK,
  BRACKETS_ONLY,
  SEVEN_BIT,
  OPEN_TAG_BREAK,
];

/**
 * @param value a normalised text
 * @returns the part that a browser would act on
 */
export function findMarkup(value: string): string | undefined {
  if (value.length < 4 || !MIGHT_BE_MARKUP.test(value)) return undefined;
  for (const check of CHECKS) {
    const found = check.exec(value);
    if (found !== null) return found[0];
  }
  if (/[<"'`]/.test(value)) return RUNNING_ATTRIBUTE.exec(value)?.[0];
  return undefined;
}
