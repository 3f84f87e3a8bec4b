import { describe, expect, it } from 'vitest';
import { fileName, shortHash, sizeOf } from '../../../../src-renderer/views/reports/words.ts';
import { KINDS, FORMATS } from '../../../../src-renderer/views/reports/words.ts';
import { REPORT_FORMATS, REPORT_KINDS, REPORT_SECTIONS } from '../../../../src-preload/contract/reports.ts';
import { REPORT_SECTIONS_OF } from '../../../../src-preload/contract/limits.ts';

describe('words of a report', () => {
  it('name its file by kind and last day', () => {
    expect(fileName({ kind: 'security' }, 'pdf', '2026-11-20')).toBe('yagura-security-2026-11-20.pdf');
  });

  it('shorten a hash to what the eye compares, and leave a short one alone', () => {
    expect(shortHash('9f2c41ab7d03e118'.repeat(4))).toBe('9f2c 41ab … e118');
    expect(shortHash('')).toBe('');
  });

  it('count the bytes of all its files', () => {
    const file = { format: 'pdf' as const, bytes: 40, sha256: '' };
    expect(sizeOf({ files: [file, { ...file, bytes: 2 }] })).toBe(42);
  });

  it('offer every kind and format of the contract, and each kind sections that exist, in their order', () => {
    expect(KINDS).toEqual(REPORT_KINDS);
    expect(FORMATS).toEqual(REPORT_FORMATS);
    for (const sections of Object.values(REPORT_SECTIONS_OF))
      expect(REPORT_SECTIONS.filter((section) => sections.includes(section))).toEqual(sections);
  });
});
