import type { LineEvent } from './rule-schema.ts';
import { EVENT_FLAG } from '../../flow/event-batch.ts';
import { requiredLiterals } from '../../flow/required-literals.ts';

/** Rule ids of what a status says about a sign-in; they stand in findings and explanations like any rule's id. */
const HTTP_REFUSED = 'auth.http.refused';
const HTTP_ACCEPTED = 'auth.http.accepted';
const HTTP_UNAUTHORISED = 'auth.http.unauthorised';

const ASSET =
  /\.(?:css|js|mjs|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm|ogg|m4s|ts)$/;
const SIGN_IN =
  /(?:^|[/_.-])(?:log[-_]?in|sign[-_]?in|log[-_]?on|authenticate|authentication|auth|sessions?|oauth2?\/token|token|passwd|wp-login|j_security_check|saml2?\/acs|owa\/auth|adminlogin|checklogin|dologin|user_sessions?)(?:$|[/_.?-])/;
/** Forms that answer 200 when the password is wrong and redirect when it is right. */
const FORM_THAT_STAYS = /\/wp-login\.php|\/xmlrpc\.php/;

/** Pieces that a target with any flag has, one list per flag. */
export const TARGET_FLAG_LITERALS = [ASSET, SIGN_IN].map(({ source }) => requiredLiterals(source));

/** Flags of a target that depend on nothing but its text. */
export function targetFlags(target: string): number {
  const question = target.indexOf('?');
  const path = (question < 0 ? target : target.slice(0, question)).toLowerCase();
  let flags = 0;
  if (ASSET.test(path)) flags |= EVENT_FLAG.asset;
  else if (SIGN_IN.test(path)) flags |= EVENT_FLAG.signIn;
  return flags;
}

/** What a request's answer says about a sign-in, by status and path; undefined where it says nothing. */
export function requestMeaning(
  status: number,
  method: string,
  flags: number,
  target: () => string,
): { event: LineEvent; rule: string; weak: boolean } | undefined {
  const signIn = (flags & EVENT_FLAG.signIn) !== 0;
  if (status === 401 || (status === 403 && signIn && method === 'POST')) {
    // Any page may answer 401 once before the browser sends a password: alone it is a weak sign.
    return signIn && method === 'POST'
      ? { event: 'auth_failure', rule: HTTP_REFUSED, weak: false }
      : { event: 'auth_failure', rule: HTTP_UNAUTHORISED, weak: true };
  }
  if (!signIn || method !== 'POST') return undefined;
  if (status === 200 && FORM_THAT_STAYS.test(target())) {
    return { event: 'auth_failure', rule: HTTP_REFUSED, weak: false };
  }
  // 422 and 400 are how many frameworks answer a wrong password.
  if (status === 422) return { event: 'auth_failure', rule: HTTP_REFUSED, weak: false };
  if (status >= 200 && status < 400) return { event: 'auth_success', rule: HTTP_ACCEPTED, weak: false };
  return undefined;
}
