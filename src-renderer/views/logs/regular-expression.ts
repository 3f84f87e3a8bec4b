import type { HitFinder, Span } from '../../ui/log-segments.ts';
import { MAX_HITS_PER_LINE, mergeSpans } from './hits.ts';

export type CompiledExpression =
  { ok: true; find: HitFinder; test: (text: string) => boolean } | { ok: false; problem: string };

/**
 * Compiles what a person typed, in the same linear-time engine that searches. The browser's own RegExp is never given
 * a person's pattern: `(x+x+)+y` would hang the window. Loaded on first use, because most sessions never need it.
 */
export async function compileExpression(source: string): Promise<CompiledExpression> {
  const { RE2JS } = await import('re2js');
  try {
    const pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    return {
      ok: true,
      test: (text) => pattern.matcher(text).find(),
      find: (text) => {
        const spans: Span[] = [];
        const matcher = pattern.matcher(text);
        while (spans.length < MAX_HITS_PER_LINE && matcher.find()) {
          if (matcher.end() > matcher.start()) spans.push({ from: matcher.start(), to: matcher.end() });
        }
        return mergeSpans(spans);
      },
    };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
