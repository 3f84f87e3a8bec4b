import type { AuditHead } from '../../../src-preload/contract/audit.ts';
import type { Unit } from '../../../src-preload/contract/metrics.ts';
import type { ReportKind, ReportSection } from '../../../src-preload/contract/reports.ts';
import type { Message, State, TimeRange } from '../../../src-preload/contract/shared.ts';

/*
 * A report as its writers see it: what the pages say, free of how they look. The composer makes it from data, pdf/ and
 * html/ lay it out. CSV and JSON come from the data itself (report-data.ts).
 */

/** Words of ours, to be translated; or text as it stands (from a log, from a person: hostile, never markup). */
export type Words = Message | { text: string };

export interface ReportDocument {
  kind: ReportKind;
  language: 'ja' | 'en';
  /** IANA zone in which all times are told. */
  timeZone: string;
  title: Message;
  hostName: string;
  range: TimeRange;
  createdAt: number;
  /** At the top right of every page: who may read it. */
  classification: Words;
  /** The cover's sentence, with what follows from it. */
  verdict: { state: State; headline: Words; details: Words[] };
  /** The figures below the verdict, four or fewer. */
  figures: { label: Words; value: string; note?: Words | undefined }[];
  sections: ReportPart[];
  /** SHA-256 of the report's data, and the head of the audit chain: at the foot of every page. */
  contentHash: string;
  auditHead: AuditHead;
  /** e.g. `Yagura 0.1.0`. */
  producer: string;
}

/** A numbered section with an entry in the table of contents. The first few stand on the cover page as space allows. */
export interface ReportPart {
  section: ReportSection;
  title: Words;
  blocks: ReportBlock[];
}

export interface Cell {
  words: Words;
  /** Its mark and colour stand before the words. */
  state?: State | undefined;
  /** Monospaced: addresses, paths, ids. Long ones wrap, also without a space. */
  code?: boolean | undefined;
}

export interface Column {
  title: Words;
  align: 'start' | 'end';
  /** `fill` shares what is left; `fit` is as wide as its widest cell. */
  width: 'fit' | 'fill';
}

export type ReportBlock =
  | { kind: 'paragraph'; words: Words; dim?: boolean | undefined }
  | { kind: 'heading'; words: Words }
  /** `empty` stands in place of a table without rows. Header rows repeat on every page. */
  | { kind: 'table'; columns: Column[]; rows: Cell[][]; empty: Words }
  | { kind: 'facts'; facts: { name: Words; value: Cell }[] }
  /** Stacked bars over time; `values` run parallel to `times`. */
  | {
      kind: 'bars';
      caption: Words;
      times: number[];
      stepMs: number;
      series: { name: Words; values: number[] }[];
    }
  /** Lines over time; null is a gap, never zero and never bridged. */
  | {
      kind: 'lines';
      caption: Words;
      unit: Unit;
      times: number[];
      series: { name: Words; values: (number | null)[] }[];
      limits: { value: number; severity: 'critical' | 'error' | 'warning' }[];
    }
  | {
      kind: 'scores';
      scores: {
        name: Words;
        /** null: nothing could be checked. */
        score: number | null;
        previous?: number | undefined;
        points: number;
        maximum: number;
        unknown: number;
        /** 0–1. */
        coverage: number;
        /** Earlier scores, oldest first. */
        trend: number[];
      }[];
    }
  /** Log lines as they stand, masked. */
  | {
      kind: 'evidence';
      caption?: Words | undefined;
      lines: { time: number; text: string; detected: boolean }[];
    }
  /** Risk 0–100 with the parts it is the sum of. */
  | { kind: 'risk'; address: string; risk: number; state: State; parts: { name: Words; value: number }[] };
