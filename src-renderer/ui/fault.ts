import { useI18n } from 'vue-i18n';
import { ERROR_KINDS, type ErrorKind } from '../../src-preload/contract/errors.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import { useFormat } from './use-format.ts';

/** A failed call in words. */
export interface Fault {
  kind: ErrorKind;
  message: Message;
  /** Input field at fault. */
  field?: string | undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parametersOf(value: unknown): Message['parameters'] {
  const parameters: Message['parameters'] = {};
  for (const [name, each] of Object.entries(isRecord(value) ? value : {})) {
    if (typeof each === 'string' || typeof each === 'number') parameters[name] = each;
  }
  return parameters;
}

/** Reads what a call was rejected with. What is not a declared error counts as a fault of ours. */
export function readFault(fault: unknown): Fault {
  const code = isRecord(fault) ? (fault['code'] ?? fault['kind']) : undefined;
  const kind = ERROR_KINDS.find((each) => each === code) ?? 'INTERNAL';
  const data = isRecord(fault) && isRecord(fault['data']) ? fault['data'] : isRecord(fault) ? fault : {};
  const key = typeof data['key'] === 'string' ? data['key'] : `error.${kind}`;
  const field = typeof data['field'] === 'string' ? { field: data['field'] } : {};
  return { kind, message: { key, parameters: parametersOf(data['parameters']) }, ...field };
}

/** Says a failed call in the language shown. */
export function useFault(): (fault: unknown) => string {
  const format = useFormat();
  const i18n = useI18n();
  return (fault) => {
    const { kind, message } = readFault(fault);
    return i18n.te(message.key) ? format.message(message) : i18n.t(`error.${kind}`);
  };
}
