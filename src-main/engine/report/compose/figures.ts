import { formatNumber } from '../../../../src-preload/contract/format.ts';
import type { ReportDocument } from '../document.ts';
import { amount, NOTHING, words, type ComposeContext } from './context.ts';

type Figure = ReportDocument['figures'][number];

/** The four figures below the verdict. */
export function figuresOf(context: ComposeContext): Figure[] {
  switch (context.data.kind) {
    case 'security':
      return securityFigures(context);
    case 'logs':
      return logFigures(context);
    case 'health':
      return healthFigures(context);
    case 'alerts':
      return alertFigures(context);
  }
}

function figure(key: string, value: string, note?: Figure['note']): Figure {
  return { label: words(`figure.${key}`), value, note };
}

function securityFigures(context: ComposeContext): Figure[] {
  const { threats } = context.data;
  if (threats === undefined) return [watchedFigure(context)];
  return [
    figure(
      'findings',
      amount(context, threats.findings),
      words('figure.before', { n: threats.previousFindings }),
    ),
    figure(
      'addresses',
      amount(context, threats.addresses),
      words('figure.newAddresses', { n: threats.newAddresses }),
    ),
    figure('events', amount(context, threats.events), words('figure.before', { n: threats.previousEvents })),
    figure(
      'successes',
      amount(context, threats.successes),
      words('figure.signInFindings', { n: threats.signInFindings }),
    ),
  ];
}

function logFigures(context: ComposeContext): Figure[] {
  const { logs } = context.data;
  if (logs === undefined) return [watchedFigure(context)];
  const errors = logs.bySeverity.critical + logs.bySeverity.error;
  const share =
    logs.lines === 0 ? NOTHING_TEXT : `${formatNumber((errors / logs.lines) * 100, context.language, 2)}%`;
  return [
    figure('lines', amount(context, logs.lines), words('figure.before', { n: logs.previousLines })),
    figure('errors', amount(context, errors), words('figure.share', { share })),
    figure('sources', amount(context, new Set(logs.bySource.map(({ sourceId }) => sourceId)).size)),
    figure('quiet', amount(context, logs.quiet.length)),
  ];
}

function healthFigures(context: ComposeContext): Figure[] {
  const { diagnosis, alerts } = context.data;
  const latest = diagnosis?.latest;
  const score = (name: 'security' | 'performance'): Figure => {
    const value = latest?.scores[name].score ?? undefined;
    const before = diagnosis?.previous?.scores[name].score ?? undefined;
    return figure(
      name,
      value === undefined ? NOTHING_TEXT : String(value),
      before === undefined ? undefined : words('figure.before', { n: before }),
    );
  };
  return [
    score('security'),
    score('performance'),
    figure(
      'failedChecks',
      latest === undefined ? NOTHING_TEXT : amount(context, diagnosis?.failed.length ?? 0),
      latest === undefined ? undefined : words('figure.unknownChecks', { n: diagnosis?.unknown.length ?? 0 }),
    ),
    figure(
      'openAlerts',
      alerts === undefined ? NOTHING_TEXT : amount(context, alerts.open.length),
      alerts === undefined ? undefined : words('figure.fired', { n: alerts.total }),
    ),
  ];
}

function alertFigures(context: ComposeContext): Figure[] {
  const { alerts } = context.data;
  if (alerts === undefined) return [watchedFigure(context)];
  const { total, previousTotal, open, acknowledged, resolved, bySeverity } = alerts;
  return [
    figure('alerts', amount(context, total), words('figure.before', { n: previousTotal })),
    figure('openAlerts', amount(context, open.length)),
    figure('serious', amount(context, bySeverity.critical + bySeverity.error)),
    figure(
      'acknowledged',
      amount(context, acknowledged.count),
      resolved.medianMs === null ? undefined : words('figure.resolvedAfter', { medianMs: resolved.medianMs }),
    ),
  ];
}

function watchedFigure({ data }: ComposeContext): Figure {
  const share = data.sight.watchedMs / Math.max(1, data.range.to - data.range.from);
  return figure('watched', `${Math.round(share * 100)}%`);
}

const NOTHING_TEXT = 'text' in NOTHING ? NOTHING.text : '';
