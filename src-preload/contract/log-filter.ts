import { z } from 'zod';
import { MAX_PAGE_LINES, MAX_QUERY_LENGTH } from './limits.ts';
import { rangeSchema, severitySchema } from './shared.ts';

/**
 * What to look for. All given parts must hold.
 * `text` is a query (docs/search.md; contract/query reads it): words, phrases, `field:value`, NOT, OR, brackets.
 */
export const logFilterSchema = z.object({
  text: z.string().max(MAX_QUERY_LENGTH).default(''),
  /** `text` is one regular expression (RE2 syntax, linear time, case-insensitive). */
  regex: z.boolean().default(false),
  severities: z.array(severitySchema).max(4).optional(),
  sourceIds: z.array(z.string().max(200)).max(500).optional(),
  address: z.string().max(64).optional(),
  /** Id: only lines of this pattern, or of one that became it. */
  pattern: z.string().max(20).optional(),
  /** Ids: no lines of these. */
  withoutPatterns: z.array(z.string().max(20)).max(100).optional(),
  range: rangeSchema.optional(),
});
export type LogFilter = z.input<typeof logFilterSchema>;
export type ParsedLogFilter = z.output<typeof logFilterSchema>;

/**
 * A long search is asked for in slices: each answers after about this time with what it has, so that progress shows, other
 * reads get their turn, and to cancel is to ask no more. Without it a call runs to its end.
 */
export const budgetSchema = z.number().int().min(20).max(10_000).optional();
export const cursorSchema = z.string().max(500).optional();
export const pageSizeSchema = z.number().int().min(1).max(MAX_PAGE_LINES);
export const lineIdSchema = z.string().min(1).max(100);
