/**
 * How far a stream has been read: every line that begins before `offset` is taken in.
 * Committed in one transaction with the lines (per partition) and, as a lower bound, with the detectors' checkpoint.
 */
export interface StreamPosition {
  stream: number;
  offset: number;
  /** Where a source has no byte offsets (the journal): its own cursor at `offset`. */
  cursor?: string;
}

/** Who a stream is, so that it is known again after a rename or a restart. */
export interface StreamIdentity {
  stream: number;
  sourceId: string;
  path: string;
  /** `device:inode`, where the system has them. */
  fileId: string;
  /** Hash of the first bytes (at most 256) and how many they were: tells a new file on a reused inode. */
  fingerprint: string;
  fingerprintLength: number;
}
