/** Rules as sentences: of each kind what it looks for, and what can be set. Pure. */
import type { RuleText } from './api/types';
import { duration } from './format';

export type RuleKind = RuleText['kind'];

export interface Setting {
  readonly name: string;
  readonly label: string;
  readonly fallback: string;
  readonly choices?: readonly string[];
  readonly long?: boolean;
}

export interface KindWords {
  readonly label: string;
  /** With `{name}` where a setting stands. */
  readonly sentence: string;
  readonly settings: readonly Setting[];
  /** Whether it is asked of the organisation as a whole: it cannot be tried on history. */
  readonly ofOrganisation?: boolean;
}

const number = (name: string, label: string, fallback: string): Setting => ({ name, label, fallback });

export const FIELDS = [
  'memory_mb',
  'peak_memory_mb',
  'cpu_percent',
  'uptime_seconds',
  'routes_healthy',
  'routes_unhealthy',
  'routes_total',
  'slowest_route_ms',
  'repairs',
  'repair_successes',
  'repair_failures',
  'repair_cost_dollars',
  'tokens',
  'calls',
  'cost_dollars',
  'cache_savings_dollars',
  'memories',
  'backups',
  'instances',
] as const;
const COMPARISONS = ['above', 'at_least', 'below', 'at_most'] as const;

export const KINDS: Readonly<Record<RuleKind, KindWords>> = {
  server_down: {
    label: 'Server down',
    sentence: 'A server is silent for {leastIntervals} of its intervals, at least {leastSeconds} s and at most {mostSeconds} s',
    settings: [number('leastIntervals', 'Intervals', '2'), number('leastSeconds', 'At least, seconds', '30'), number('mostSeconds', 'At most, seconds', '3600')],
  },
  memory_leak: {
    label: 'Memory leak',
    sentence: 'Memory grows steadily by {leastMb} MB and {leastPercent} % or more; critical {criticalHours} h before {usualLimitMb} MB',
    settings: [
      number('leastMb', 'Growth, MB', '16'),
      number('leastPercent', 'Growth, %', '10'),
      number('criticalHours', 'Critical within, hours', '24'),
      number('usualLimitMb', 'Usual limit, MB', '512'),
    ],
  },
  crash_loop: {
    label: 'Crash loop',
    sentence: 'A server restarts {fastRestarts} times in {fastMinutes} min, {backOffRestarts} in {backOffMinutes} min or {slowRestarts} in {slowHours} h',
    settings: [
      number('fastRestarts', 'Restarts', '3'),
      number('fastMinutes', 'in minutes', '25'),
      number('backOffRestarts', 'or restarts', '5'),
      number('backOffMinutes', 'in minutes', '60'),
      number('slowRestarts', 'or restarts', '8'),
      number('slowHours', 'in hours', '6'),
    ],
  },
  heal_loop: {
    label: 'Heal loop',
    sentence: 'The same error comes back {comebacks} times after {repairs} repairs',
    settings: [number('repairs', 'Repairs', '3'), number('comebacks', 'Comebacks', '3')],
  },
  route_down: {
    label: 'Route down',
    sentence: '{unhealthy} routes or more fail in {beats} heartbeats in a row',
    settings: [number('unhealthy', 'Failing routes', '1'), number('beats', 'Heartbeats', '2')],
  },
  slow_route: {
    label: 'Slow route',
    sentence: 'The slowest route averages more than {millis} ms in {beats} heartbeats in a row',
    settings: [number('millis', 'Milliseconds', '1000'), number('beats', 'Heartbeats', '3')],
  },
  threshold: {
    label: 'Threshold',
    sentence: '{field} is {comparison} {value}',
    settings: [
      { name: 'field', label: 'Number', fallback: FIELDS[0], choices: FIELDS },
      { name: 'comparison', label: 'is', fallback: 'above', choices: COMPARISONS },
      number('value', 'Value', '0'),
    ],
  },
  backup_stale: { label: 'Backups are old', sentence: 'The newest backup is older than {hours} h', settings: [number('hours', 'Hours', '168')] },
  client_alert: {
    label: 'Reported by the instance',
    sentence: 'The instance itself reports something of severity {leastSeverity} or more',
    settings: [{ name: 'leastSeverity', label: 'Severity', fallback: 'warning', choices: ['info', 'warning', 'error', 'critical'] }],
  },
  budget: {
    label: 'Budget',
    sentence: 'A budget is used to {leastPercent} % or more; forecasts too: {forecasts}',
    settings: [number('leastPercent', 'Percent', '80'), { name: 'forecasts', label: 'Forecasts', fallback: 'true', choices: ['true', 'false'] }],
    ofOrganisation: true,
  },
  cost_anomaly: {
    label: 'Unusual cost',
    sentence: 'An hour costs {leastDollars} $ or more and far more than usual; told for {keepHours} h',
    settings: [number('leastDollars', 'Dollars', '1'), number('keepHours', 'Hours', '2')],
    ofOrganisation: true,
  },
  fleet_event: {
    label: 'Fleet event',
    sentence: '{percent} % of a group, at least {servers} servers, have trouble within {seconds} s',
    settings: [number('percent', 'Percent', '30'), number('servers', 'Servers', '3'), number('seconds', 'Seconds', '120'), number('keepMinutes', 'Told for, minutes', '15')],
    ofOrganisation: true,
  },
  expression: {
    label: 'Expression',
    sentence: '{expression}',
    settings: [
      { name: 'expression', label: 'Fires while', fallback: 'memoryMb > 400', long: true },
      { name: 'recovery', label: 'Is over when (empty: when the first is false)', fallback: '', long: true },
    ],
  },
};

/** The whole rule in one sentence, as a person would say it. */
export function ruleSentence(rule: RuleText): string {
  const words = KINDS[rule.kind];
  const values = rule.parameters ?? {};
  const what = words.sentence.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const fallback = words.settings.find((setting) => setting.name === name)?.fallback ?? '';
    return (values[name] || fallback).replaceAll('_', name === 'expression' ? '_' : ' ');
  });
  return what + whenWords(rule) + whoWords(rule);
}

/** For how long it must be true, how often, and for how long it must be over. */
function whenWords({ forSeconds = 0, least, of, keepFiringSeconds = 0 }: RuleText): string {
  const words: string[] = [];
  if (forSeconds > 0) words.push(`for ${duration(forSeconds)}`);
  if (least !== undefined && of !== undefined && of > 1) words.push(`in ${least} of the last ${of} evaluations`);
  if (keepFiringSeconds > 0) words.push(`until it is over for ${duration(keepFiringSeconds)}`);
  return words.map((each) => `, ${each}`).join('');
}

export interface Times {
  /** Minutes, as fields have them: without a number where nothing is written. */
  readonly forMinutes: number | null | undefined;
  readonly keepMinutes: number | null | undefined;
  readonly least: number | null | undefined;
  readonly of: number | null | undefined;
  readonly runbook: string;
}

/** What is set of a rule beside its kind; what is left empty is left out. */
export function timesOf(rule: RuleText | null): Times {
  return {
    forMinutes: (rule?.forSeconds ?? 0) / 60,
    keepMinutes: (rule?.keepFiringSeconds ?? 0) / 60,
    least: rule?.least ?? null,
    of: rule?.of ?? null,
    runbook: rule?.runbook ?? '',
  };
}

export function withTimes(times: Times): Pick<RuleText, 'forSeconds' | 'keepFiringSeconds' | 'least' | 'of' | 'runbook'> {
  const runbook = times.runbook.trim();
  return {
    forSeconds: Math.round((times.forMinutes ?? 0) * 60),
    keepFiringSeconds: Math.round((times.keepMinutes ?? 0) * 60),
    ...(times.least == null ? {} : { least: times.least }),
    ...(times.of == null ? {} : { of: times.of }),
    ...(runbook === '' ? {} : { runbook }),
  };
}

/** The address of a runbook where it is a page that may be opened; else null: it is told as text. */
export function runbookLink(runbook: string | undefined): string | null {
  return runbook !== undefined && /^https?:\/\/\S+$/.test(runbook) ? runbook : null;
}

function whoWords(rule: RuleText): string {
  const { tags = [], withoutTags = [], servers = [] } = rule.selector ?? {};
  const words: string[] = [];
  if (servers.length > 0) words.push(servers.join(' or '));
  if (tags.length > 0) words.push(`tagged ${tags.join(' and ')}`);
  if (withoutTags.length > 0) words.push(`not tagged ${withoutTags.join(' or ')}`);
  return words.length === 0 ? '' : `; only servers ${words.join(', ')}`;
}
