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

/** What Electron puts before what the main process said. */
const INVOKED = /^Error invoking remote method '[^']*': (?:Error: )?/;
/** Refusals of the file system that have words of their own. */
const FILE_REFUSALS = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'ENOENT']);

/** Says a failed call in the language shown. */
export function useFault(): (fault: unknown) => string {
  const format = useFormat();
  const i18n = useI18n();
  /** What the system refuses (no space, no permission) comes from the desktop as a plain error. */
  const refusal = (message: string): string => {
    const said = message.replace(INVOKED, '');
    const [code = ''] = said.split(':');
    return FILE_REFUSALS.has(code) ? i18n.t(`error.file.${code}`) : said;
  };
  return (fault) => {
    if (fault instanceof Error && fault.name === 'Error') return refusal(fault.message);
    const { kind, message } = readFault(fault);
    return i18n.te(message.key) ? format.message(message) : i18n.t(`error.${kind}`);
  };
}
