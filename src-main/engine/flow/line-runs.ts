/**
 * Lines of a batch that are gone through in one call. A loop over all ten thousand of them is compiled while it runs, which
 * V8 throws away with the next collection: each chunk began uncompiled, where every number with a fraction is an object,
 * and was compiled anew. A function that is called for a few hundred lines at a time is compiled once.
 */
export const LINES_PER_RUN = 256;
