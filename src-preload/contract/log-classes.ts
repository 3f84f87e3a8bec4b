/** Retention classes; each has its own partitions. */
export const LOG_CLASSES = ['application', 'access', 'audit'] as const;
export type LogClass = (typeof LOG_CLASSES)[number];
