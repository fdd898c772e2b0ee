/** Alerts in the order and the words of a person who was woken by them. Pure. */
import type { Alert, AlertAction, AlertDeed, Severity, Status } from './api/types';
import { count, plural } from './format';

/** Gravest first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

export const SEVERITY_WORDS: Readonly<Record<Severity, { word: string; status: Status }>> = {
  critical: { word: 'Critical', status: 'down' },
  error: { word: 'Error', status: 'down' },
  warning: { word: 'Warning', status: 'degraded' },
  info: { word: 'Info', status: 'unknown' },
};

const SHORTEST_SNOOZE = 3_600;

/** How long one may want to hear nothing of an alert, in seconds. */
export const SNOOZES: readonly (readonly [number, string])[] = [
  [SHORTEST_SNOOZE, '1 hour'],
  [4 * 3_600, '4 hours'],
  [86_400, '1 day'],
];

export interface DeedDetails {
  readonly note?: string;
  /** Of a snooze; the shortest where it is not said. */
  readonly snoozeSeconds?: number;
}

/** How the API is told of a deed. */
export function deedOf(action: AlertAction, { note = '', snoozeSeconds = SHORTEST_SNOOZE }: DeedDetails = {}): AlertDeed {
  return { action, snoozeSeconds, ...(note === '' ? {} : { note }) };
}

export const INBOXES = ['firing', 'acknowledged', 'pending', 'resolved'] as const;
export type Inbox = (typeof INBOXES)[number];

export type AlertTotals = Readonly<Record<Severity, { pending: number; firing: number; acknowledged: number }>>;

export function sumOf(counts: AlertTotals, of: 'pending' | 'firing' | 'acknowledged'): number {
  return SEVERITIES.reduce((sum, severity) => sum + counts[severity][of], 0);
}

/** Firing alerts that nobody has taken on. */
export function openOf(counts: AlertTotals): number {
  return sumOf(counts, 'firing') - sumOf(counts, 'acknowledged');
}

function openWith(counts: AlertTotals, severity: Severity): number {
  return counts[severity].firing - counts[severity].acknowledged;
}

/** Firing alerts that cannot wait, and that nobody has taken on: critical ones and errors. */
export function urgentOf(counts: AlertTotals): number {
  return openWith(counts, 'critical') + openWith(counts, 'error');
}

/** `5 critical, 2 error alerts`, or `3 warnings` where nothing is graver; empty where nobody is needed. */
export function openWords(counts: AlertTotals): string {
  const urgent = urgentOf(counts);
  if (urgent === 0) {
    const warnings = openWith(counts, 'warning');
    return warnings === 0 ? '' : plural(warnings, 'warning');
  }
  const parts = (['critical', 'error'] as const).flatMap((severity) => (openWith(counts, severity) > 0 ? [`${count(openWith(counts, severity))} ${severity}`] : []));
  return `${parts.join(', ')} ${urgent === 1 ? 'alert' : 'alerts'}`;
}

/** Gravest first, what nobody is told of after what somebody is, and the newest of these first. */
export function gravestFirst(alerts: readonly Alert[], now: number): Alert[] {
  const quiet = (alert: Alert) => Number(quietWords(alert, now) !== '');
  return [...alerts].sort(
    (one, other) =>
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      quiet(one) - quiet(other) ||
      (other.firingSince ?? other.since).localeCompare(one.firingSince ?? one.since),
  );
}

/** The firing alerts of each server, the gravest of each first. */
export function byServer(alerts: readonly Alert[], now: number): ReadonlyMap<string, readonly Alert[]> {
  const found = new Map<string, Alert[]>();
  for (const alert of gravestFirst(alerts, now)) {
    if (alert.state !== 'firing' || alert.serverId === null) continue;
    const those = found.get(alert.serverId);
    if (those) those.push(alert);
    else found.set(alert.serverId, [alert]);
  }
  return found;
}

/** `Critical: Memory leak. The floor rises by 14 MB an hour`, for a mark that has no room for it. */
export function alertWords(alerts: readonly Alert[]): string {
  return alerts.map((alert) => `${SEVERITY_WORDS[alert.severity].word}: ${alert.rule}. ${alert.message}`).join('\n');
}

/** `2 critical, 1 warning need somebody`, or that nothing does. */
export function alertVerdict(counts: AlertTotals): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const open = counts[severity].firing - counts[severity].acknowledged;
    return open > 0 ? [`${open} ${SEVERITY_WORDS[severity].word.toLowerCase()}`] : [];
  });
  if (parts.length === 0) {
    const taken = sumOf(counts, 'acknowledged');
    return taken === 0 ? 'Nothing is firing' : `${plural(taken, 'alert')} firing, all acknowledged`;
  }
  return `${parts.join(', ')}: not acknowledged`;
}

/** How the API is asked for an inbox. */
export function inboxQuery(inbox: Inbox): { state: 'pending' | 'firing' | 'resolved'; acknowledged?: boolean } {
  if (inbox === 'firing') return { state: 'firing', acknowledged: false };
  if (inbox === 'acknowledged') return { state: 'firing', acknowledged: true };
  return { state: inbox };
}

/** What takes a deed back; null where nothing does. */
export function reverseOf(action: AlertAction): AlertAction | null {
  if (action === 'acknowledge') return 'unacknowledge';
  return action === 'snooze' ? 'unsnooze' : null;
}

export const DEED_WORDS: Readonly<Record<AlertAction, string>> = {
  acknowledge: 'acknowledged',
  unacknowledge: 'not acknowledged any more',
  resolve: 'resolved',
  snooze: 'snoozed',
  unsnooze: 'not snoozed any more',
  note: 'noted',
};

/** Why nobody is told of it; empty where somebody is. */
export function quietWords(alert: Pick<Alert, 'silenced' | 'inhibited' | 'platformDegraded' | 'snoozedUntil'>, now: number): string {
  if (alert.silenced) return `silent: ${alert.silenced}`;
  if (alert.inhibited) return 'explained by another alert';
  if (alert.snoozedUntil && Date.parse(alert.snoozedUntil) > now) return 'snoozed';
  return alert.platformDegraded ? 'held: found while the platform itself was not well' : '';
}

/** `rule=Server*, tag=eu` as patterns by name; null where it cannot be read. */
export function parseMatchers(text: string): Record<string, string> | null {
  const matchers: Record<string, string> = {};
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [, name, pattern] = /^((?:rule|kind|server|tag|severity|label\.[\w.-]+))\s*=\s*(.+)$/.exec(part) ?? [];
    if (!name || !pattern) return null;
    matchers[name] = pattern.trim();
  }
  return Object.keys(matchers).length === 0 ? null : matchers;
}

export function matcherWords(matchers: Readonly<Record<string, string>>): string {
  return Object.entries(matchers)
    .map(([name, pattern]) => `${name} = ${pattern}`)
    .join(', ');
}
