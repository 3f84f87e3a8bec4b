import {
  CHECK_SUBJECTS,
  type CheckDifference,
  type CheckResult,
  type Diagnosis,
  type DiagnosisDifference,
  type Score,
  type ScoreName,
  type TopFix,
} from '../../src-preload/contract/diagnosis.ts';
import { bandOf } from '../../src-preload/contract/limits.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { Diagnosed } from './diagnose.ts';
import { isoTime, printable } from './terminal-text.ts';
import type { Say } from './words.ts';

/*
 * A diagnosis as text: for people, and as JSON and CSV for programs. What came from the machine is made safe to print.
 */

/** Evidence of one failed check shown to people; JSON has it all. */
const SHOWN_EVIDENCE = 3;
const SHOWN_FIXES = 5;
const MARK = { critical: '◆', error: '▲', warning: '△', info: '●' } as const;

/** One object. Every sentence stands beside its key, so that programs need not read a language. */
export function jsonText({ run, fixes, difference }: Diagnosed, say: Say): string {
  const { checks, startedAt, ...summary } = run;
  const object = {
    ...summary,
    startedAt: isoTime(startedAt),
    checks: checks.map((check) => jsonCheck(check, say)),
    fixes,
    ...(difference === undefined ? {} : { difference: jsonDifference(difference, say) }),
  };
  return `${JSON.stringify(object)}\n`;
}

function jsonCheck(check: CheckResult, say: Say): Record<string, unknown> {
  const { title, found, why, fix, ...facts } = check;
  return {
    ...facts,
    title: say(title),
    found: say(found),
    why: say(why),
    ...(fix === undefined ? {} : { fix: { text: say(fix.text), command: fix.command } }),
    keys: { title, found, why, ...(fix === undefined ? {} : { fix: fix.text }) },
  };
}

function jsonDifference(difference: DiagnosisDifference, say: Say): Record<string, unknown> {
  return {
    from: difference.from.id,
    to: difference.to.id,
    unchanged: difference.unchanged,
    changed: difference.changed.map(({ title, found, ...facts }) => ({
      ...facts,
      title: say(title),
      ...(found === undefined ? {} : { found: say(found) }),
    })),
  };
}

/** One row per check, as spreadsheets read it. */
export function csvText({ run }: Diagnosed, say: Say): string {
  const rows = run.checks.map((check) => [
    check.id,
    check.subject,
    check.score,
    check.status,
    check.status === 'fail' ? check.severity : '',
    check.points,
    check.weight,
    say(check.title),
    say(check.found),
    check.evidence.map(({ text, place }) => (place === undefined ? text : `${place}: ${text}`)).join('; '),
    check.fix === undefined ? '' : say(check.fix.text),
    check.references.join('; '),
  ]);
  const head = 'id,subject,score,status,severity,points,weight,title,found,evidence,fix,references';
  return [head, ...rows.map((row) => row.map(csvField).join(',')), ''].join('\n');
}

/** A field that begins like a formula is one for a spreadsheet: evidence is text of unknown origin. */
function csvField(value: string | number): string {
  const plain = printable(String(value)).replaceAll('\n', ' ');
  const text = typeof value === 'string' && /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** For people: the scores with their sums, what to mend first, then every check by subject. */
export function humanText({ run, fixes, difference }: Diagnosed, say: Say): string {
  const words = (key: string, parameters: Message['parameters'] = {}): string => say({ key, parameters });
  const blocks = [
    [headLine(run, words), scoreLine('security', run, words), scoreLine('performance', run, words)],
    fixLines(run, fixes, say, words),
    difference === undefined ? [] : differenceLines(difference, say, words),
    ...subjectBlocks(run, say, words),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

type Words = (key: string, parameters?: Message['parameters']) => string;

function headLine(run: Diagnosis, words: Words): string {
  return words('diagnose.cli.head', {
    host: printable(run.hostName),
    startedAt: run.startedAt,
    durationMs: run.durationMs,
    checks: run.checks.length,
    rights: words(run.privileged ? 'diagnose.cli.privileged' : 'diagnose.cli.unprivileged'),
  });
}

function scoreLine(name: ScoreName, run: Diagnosis, words: Words): string {
  const score: Score = run.scores[name];
  const title = words(`diagnose.score.${name}`);
  if (score.score === null) return `${title}  ${words('diagnose.cli.noScore')}`;
  return words('diagnose.cli.score', {
    name: title,
    score: score.score,
    band: words(`diagnose.band.${bandOf(score.score)}`),
    points: score.points,
    maximum: score.maximum,
    coverage: Math.round(score.coverage * 100),
    ran: score.ran,
    unknown: score.unknown,
  });
}

function fixLines(run: Diagnosis, fixes: TopFix[], say: Say, words: Words): string[] {
  if (fixes.length === 0) return [words('diagnose.cli.nothingToFix')];
  const checks = new Map(run.checks.map((check) => [check.id, check]));
  const lines = fixes.slice(0, SHOWN_FIXES).map(({ checkId, score, gain, minutes }) => {
    const title = checks.get(checkId)?.title;
    const text = title === undefined ? checkId : say(title);
    return `  ${`+${gain}`.padStart(6)}  ${checkId.padEnd(7)} ${printable(text)}  (${words(`diagnose.score.${score}`)}, ${words('diagnose.cli.minutes', { minutes })})`;
  });
  return [words('diagnose.cli.fixFirst'), ...lines];
}

function differenceLines(difference: DiagnosisDifference, say: Say, words: Words): string[] {
  const state = (status: CheckDifference['before']): string => words(`diagnose.status.${status ?? 'absent'}`);
  const lines = difference.changed.map(
    (each) =>
      `  ${each.checkId.padEnd(7)} ${state(each.before)} → ${state(each.after)}  ${printable(say(each.title))}  ${each.points > 0 ? '+' : ''}${each.points}`,
  );
  return [
    words('diagnose.cli.changed', { startedAt: difference.from.startedAt, count: difference.changed.length }),
    ...lines,
    `  ${words('diagnose.cli.unchanged', { count: difference.unchanged })}`,
  ];
}

function subjectBlocks(run: Diagnosis, say: Say, words: Words): string[][] {
  return CHECK_SUBJECTS.flatMap((subject) => {
    const checks = run.checks.filter((check) => check.subject === subject);
    if (checks.length === 0) return [];
    return [
      [words(`diagnose.subject.${subject}`), ...checks.flatMap((check) => checkLines(check, say, words))],
    ];
  });
}

function checkLines(check: CheckResult, say: Say, words: Words): string[] {
  const { status, severity, points, weight } = check;
  const mark = status === 'pass' ? '✓' : status === 'fail' ? MARK[severity] : '◌';
  const state = words(status === 'fail' ? `severity.${severity}` : `diagnose.status.${status}`);
  const reached = status === 'pass' || status === 'fail' ? `  ${points}/${weight}` : '';
  const lines = [
    `  ${mark} ${check.id.padEnd(7)} ${printable(say(check.title))}: ${printable(say(check.found))}  [${state}]${reached}`,
  ];
  if (status !== 'fail') return lines;
  for (const { text, place } of check.evidence.slice(0, SHOWN_EVIDENCE))
    lines.push(`      ${printable(place === undefined ? text : `${place}: ${text}`).replaceAll('\n', ' ')}`);
  if (check.fix !== undefined) {
    lines.push(`      → ${printable(say(check.fix.text))}`);
    if (check.fix.command !== undefined) lines.push(`        ${printable(check.fix.command)}`);
  }
  return lines;
}
