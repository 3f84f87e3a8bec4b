import { isIPv6 } from 'node:net';

/*
 * What personal data looks like in a text, in one place for everything that leaves the machine: reports, bundles, exported
 * lines. Every repetition is bounded, so that a line made to be slow costs no more than another of its length.
 */

const EMAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g;
/** A number behind a word for an account, or an IBAN. */
const ACCOUNT =
  /((?:\b(?:account|acct|iban)(?:[ _-]?(?:no|num|number|id))?\.?|口座(?:番号)?)["']?\s{0,3}[:：=#]?\s{0,3}["']?)([A-Z]{2}\d{2}[A-Z0-9]{8,30}|\d[\d-]{3,30}\d)/gi;
/** RFC 1918: inside addresses tell how a network is built. */
const INSIDE =
  /(?<![\d.])(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})(?![\d.]*\d)/g;
const IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d|\w)/g;
const IPV6 = /(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})(?![\w:])/g;

type Replace = (found: string) => string;

export function replaceEmails(text: string, replace: Replace): string {
  return text.includes('@') ? text.replace(EMAIL, replace) : text;
}

/** Account numbers; the words before them stay. */
export function replaceAccounts(text: string, replace: Replace): string {
  return text.replace(ACCOUNT, (_all, before: string, number: string) => before.concat(replace(number)));
}

/** @param which `inside`: those of RFC 1918 only, which tell about a network and not about who came from outside */
export function replaceAddresses(text: string, which: 'inside' | 'all', replace: Replace): string {
  if (which === 'inside') return text.replace(INSIDE, replace);
  return text
    .replace(IPV4, (found) => (isIpv4(found) ? replace(found) : found))
    .replace(IPV6, (found) => (isIPv6(found) ? replace(found) : found));
}

/** Dotted decimal with every part at most 255; logs write leading zeros too. */
export function isIpv4(text: string): boolean {
  return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

/** One of RFC 1918. */
export function isInside(address: string): boolean {
  return isIpv4(address) && address.replace(INSIDE, '') === '';
}
