import { z } from 'zod';
import { call, severitySchema, type } from './shared.ts';

const messageSchema = z.object({
  key: z.string().max(200),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
});
const secretNameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/);

/**
 * Host services: what the engine asks of whoever started it (the desktop's main process: keychain and notifications;
 * the terminal: file-based secrets with a warning, printed notices). Translation happens at the host.
 */
export const hostContract = {
  notify: call
    .input(
      z.object({
        alertId: z.string().max(100),
        severity: severitySchema,
        title: messageSchema,
        body: messageSchema,
      }),
    )
    .output(type<{ shown: boolean }>()),
  secrets: {
    get: call.input(z.object({ name: secretNameSchema })).output(type<{ value: string | null }>()),
    set: call
      .input(z.object({ name: secretNameSchema, value: z.string().max(65_536) }))
      .output(type<{ protectedBy: 'keychain' | 'file' }>()),
  },
};
