import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ReportDocument } from '../../../src-main/engine/report/document.ts';
import { writePdf } from '../../../src-main/engine/report/pdf/write-pdf.ts';
import { reportSay, type Say } from '../../../src-main/engine/report/words.ts';
import { findInstallation } from '../../../src-main/installation.ts';
import { readWords } from '../../../src-main/locale-files.ts';

const root = join(import.meta.dirname, '../../..');

export function sayOf({ language, timeZone }: ReportDocument): Say {
  return reportSay(readWords(join(root, 'resources'), language), language, timeZone);
}

/** A PDF on the disk, for programs that read it. */
export class WrittenPdf {
  readonly file: string;
  readonly pages: number;
  readonly bytes: Uint8Array;
  readonly #directory = mkdtempSync(join(tmpdir(), 'yagura-pdf-'));

  private constructor(bytes: Uint8Array, pages: number) {
    this.bytes = bytes;
    this.pages = pages;
    this.file = join(this.#directory, 'report.pdf');
    writeFileSync(this.file, bytes);
  }

  static async of(document: ReportDocument, password?: string): Promise<WrittenPdf> {
    const installation = findInstallation(pathToFileURL(join(root, 'src-main/cli/index.ts')).href);
    const options = { say: sayOf(document), fonts: installation.fonts, password };
    const { bytes, pages } = await writePdf(document, options);
    return new WrittenPdf(bytes, pages);
  }

  /** What a poppler program says about it. */
  ask(program: 'pdftotext' | 'pdffonts' | 'pdfinfo', ...options: string[]): string {
    const args = program === 'pdftotext' ? [...options, this.file, '-'] : [...options, this.file];
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64e6 });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return stdout;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }
}
