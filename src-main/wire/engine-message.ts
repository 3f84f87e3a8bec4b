import { ERROR_KINDS, type ErrorKind } from '../../src-preload/contract/errors.ts';
import type { Message } from '../../src-preload/contract/shared.ts';

/** What an engine answered instead of doing what it was asked: its kind and words; undefined for any other error. */
export function engineRefusal(error: unknown): { kind: ErrorKind; message: Message } | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('data' in error)) return undefined;
  const kind = ERROR_KINDS.find((known) => known === error.code);
  const { data } = error;
  if (kind === undefined || typeof data !== 'object' || data === null) return undefined;
  if (!('key' in data) || typeof data.key !== 'string' || !('parameters' in data)) return undefined;
  return { kind, message: { key: data.key, parameters: plainParameters(data.parameters) } };
}

function plainParameters(value: unknown): Message['parameters'] {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]: [string, unknown]) =>
      typeof each === 'string' || typeof each === 'number' ? [[name, each]] : [],
    ),
  );
}
