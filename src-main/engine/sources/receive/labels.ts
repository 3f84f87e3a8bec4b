import { RECEIVED_CLASSES, type ReceivedClass } from '../../../../src-preload/contract/limits.ts';
import { SYSLOG_FACILITIES, type ReceiverSettings } from '../../../../src-preload/contract/receiver.ts';

/** What is known of a record before it is a line. */
export interface RecordOrigin {
  /** What the record says its class is, if anything. */
  named?: unknown;
  facility?: number | undefined;
  program?: string | undefined;
}

export type LabelFinder = (origin: RecordOrigin) => ReceivedClass | undefined;

/**
 * Decides the class of records of one listener: what the record itself names, else the first rule of the settings that
 * fits its facility and program, else the listener's own.
 */
export function createLabelFinder(
  rules: ReceiverSettings['classes'],
  ofListener: ReceivedClass | 'none',
): LabelFinder {
  const compiled = rules.map(({ facility, program, class: label }) => ({
    facility: facility === undefined ? undefined : SYSLOG_FACILITIES.indexOf(facility),
    fits: program === undefined ? undefined : programMatcher(program),
    label,
  }));
  return ({ named, facility, program }) => {
    const own = RECEIVED_CLASSES.find((each) => each === named);
    if (own !== undefined) return own;
    const rule = compiled.find(
      (each) =>
        (each.facility === undefined || each.facility === facility) &&
        (each.fits === undefined || (program !== undefined && each.fits(program))),
    );
    return rule?.label ?? (ofListener === 'none' ? undefined : ofListener);
  };
}

function programMatcher(wanted: string): (program: string) => boolean {
  const folded = wanted.toLowerCase();
  if (!folded.endsWith('*')) return (program) => program.toLowerCase() === folded;
  const opening = folded.slice(0, -1);
  return (program) => program.toLowerCase().startsWith(opening);
}
