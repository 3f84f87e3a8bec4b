import type { CustomFormat } from '../../../../src-preload/contract/log-formats.ts';
import type { ParsedLogFilter } from '../../../../src-preload/contract/log-filter.ts';
import type { TrafficAnswer, TrafficQuestion } from '../../../../src-preload/contract/traffic.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { Failure } from '../../flow/failure.ts';
import type { ArchiveManifest } from '../archive/manifest.ts';
import type { ArchiveRequest } from '../archive/write-archive.ts';
import type { LogReader, ScanPart } from '../types.ts';

/** What a reader thread is started with. */
export interface ReaderThreadData {
  /** The data directory. */
  directory: string;
  /** One Int32: the number of the request that is to stop. */
  cancelled: SharedArrayBuffer;
}

/** What can be asked of a reader thread, by the name of the LogReader's method. */
export type ReadRequest = ReadQuestion & {
  /** Milliseconds after which it answers with what it has, where the method can. */
  budgetMs?: number | undefined;
};

type ReadQuestion =
  | {
      call: 'search';
      filter: ParsedLogFilter;
      direction: 'older' | 'newer';
      cursor: string | undefined;
      limit: number;
    }
  | { call: 'count'; filter: ParsedLogFilter; part: ScanPart }
  | { call: 'histogram'; filter: ParsedLogFilter; range: TimeRange; buckets: number; part: ScanPart }
  | { call: 'patterns'; filter: ParsedLogFilter; range: TimeRange; limit: number }
  | { call: 'trace'; id: string; around: number }
  | { call: 'archive'; request: ArchiveRequest }
  | { call: 'traffic'; question: TrafficQuestion }
  | { call: 'fieldNames' }
  | { call: 'fieldValues'; name: string }
  | { call: 'context'; id: string; before: number; after: number }
  | { call: 'line'; id: string }
  | { call: 'lineAt'; stream: number; offset: number; time: number };

/** What a reader thread does for others: questions to the lines, and what else takes long and only reads. */
export interface ReaderTasks extends LogReader {
  /** Writes a partition's lines into an archive. */
  archive(request: ArchiveRequest): ArchiveManifest;
  /** Sums of requests; see contract/traffic. */
  traffic(question: TrafficQuestion): TrafficAnswer;
}

export type ReadCall = ReadRequest['call'];
/** An answer says what it answers, so that nothing has to be taken on trust across the thread's border. */
export type ReadAnswer = {
  [Call in ReadCall]: { call: Call; value: ReturnType<ReaderTasks[Call]> };
}[ReadCall];

/** The user's own formats by the sources that have one. */
export type OwnFormats = readonly (readonly [sourceId: string, format: CustomFormat])[];

export interface ToReader {
  number: number;
  request: ReadRequest;
  ownFormats: OwnFormats;
}

export type FromReader =
  | { type: 'answer'; number: number; answer: ReadAnswer }
  | { type: 'failed'; number: number; failure: Failure }
  /** A partition or block that can't be read; the answer leaves it out. */
  | { type: 'problem'; failure: Failure };
