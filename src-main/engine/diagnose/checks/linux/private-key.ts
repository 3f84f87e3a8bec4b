/** First bytes of OpenSSH's own format, after base64: PROTOCOL.key of OpenSSH. */
const MAGIC = 'openssh-key-v1\0';

/** Text that begins like a private key of any of the formats OpenSSH writes or reads. */
export function isPrivateKey(text: string): boolean {
  return /^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text);
}

/** Whether a private key is of no use without its passphrase; undefined when the text is no key that can be read. */
export function isEncrypted(text: string): boolean | undefined {
  if (!isPrivateKey(text)) return undefined;
  if (/BEGIN ENCRYPTED PRIVATE KEY/.test(text)) return true;
  if (!/BEGIN OPENSSH PRIVATE KEY/.test(text)) return /^Proc-Type: 4,ENCRYPTED/m.test(text);
  const body = /BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)/.exec(text)?.[1] ?? '';
  const bytes = Buffer.from(body, 'base64');
  if (bytes.length < MAGIC.length + 4 || bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC)
    return undefined;
  // The name of the cipher follows, with its length before it.
  const start = MAGIC.length + 4;
  const cipher = bytes.subarray(start, start + bytes.readUInt32BE(MAGIC.length)).toString('latin1');
  return cipher === '' ? undefined : cipher !== 'none';
}
