import { z } from 'zod';
import { EXPORT_MASKS, MAX_PAGE_LINES } from './limits.ts';
import { budgetSchema, cursorSchema, logFilterSchema, pageSizeSchema } from './log-filter.ts';
import { call, type } from './shared.ts';

const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
const maskSchema = z.array(z.enum(EXPORT_MASKS)).max(EXPORT_MASKS.length);

/** A page of lines as a file has them. */
export interface ExportPage {
  /** Rows, oldest first, whatever the order of the pages: newest page first. */
  text: string;
  /** What stands before the oldest page. */
  header: string;
  lines: number;
  /** Continues with older ones; absent at the end. */
  cursor?: string | undefined;
  /** What was replaced in this page, and some examples. */
  masked: { kind: string; count: number }[];
  samples: { kind: string; before: string; after: string }[];
}

export const exportCalls = {
  /** Lines to be saved as a file, page by page: secrets and what the user's rules find are replaced, the rest as asked. */
  exportPage: call
    .input(
      z.object({
        filter: logFilterSchema,
        format: z.enum(EXPORT_FORMATS),
        mask: maskSchema,
        cursor: cursorSchema,
        limit: pageSizeSchema.default(MAX_PAGE_LINES),
        budgetMs: budgetSchema,
      }),
    )
    .output(type<ExportPage>()),
  /** Takes down in the audit trail what left, once it has been saved. */
  recordExport: call
    .input(
      z.object({
        /** Of the file, as it was proposed. */
        name: z.string().min(1).max(200),
        filter: logFilterSchema,
        format: z.enum(EXPORT_FORMATS),
        mask: maskSchema,
        lines: z.number().int().min(0),
        /** There are older lines, which are not in the file. */
        cut: z.boolean(),
      }),
    )
    .output(type<Record<string, never>>()),
};
