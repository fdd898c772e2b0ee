/** What happened to a server, of all kinds in one list, newest first. Pure. */
import { SEVERITY_WORDS } from './alerts';
import type { Alert, EventKind, ServerEvent, Status } from './api/types';
import { EVENT_KINDS, eventWords } from './events';
import { duration } from './format';
import type { Marker } from './markers';
import { alertPath } from './routes';

export type EntryKind = EventKind | 'alert';

export const ENTRY_KINDS: readonly (readonly [EntryKind, string])[] = [...EVENT_KINDS, ['alert', 'Alerts']];

export interface Entry {
  readonly time: string;
  readonly kind: EntryKind;
  readonly title: string;
  readonly detail: string;
  readonly status: Status | null;
  readonly href?: string;
}

export function entryOf(event: ServerEvent): Entry {
  return { time: event.time, kind: event.kind, ...eventWords(event) };
}

/** Of each alert that fired, that it did, and where it is over, that too. */
export function alertEntries(alerts: readonly Alert[]): Entry[] {
  return alerts.flatMap((alert) => {
    if (alert.firingSince === null) return [];
    const words = SEVERITY_WORDS[alert.severity];
    const href = alertPath(alert.id);
    const fired: Entry = { time: alert.firingSince, kind: 'alert', title: `${words.word} alert: ${alert.rule}`, detail: alert.message, status: words.status, href };
    if (alert.state !== 'resolved' || alert.resolvedAt === null) return [fired];
    const seconds = (Date.parse(alert.resolvedAt) - Date.parse(alert.firingSince)) / 1000;
    return [fired, { time: alert.resolvedAt, kind: 'alert', title: `Alert over: ${alert.rule}`, detail: `After ${duration(seconds)}`, status: 'healthy', href }];
  });
}

/** One page of events with the alerts of its time. @param from the page's oldest moment and @param to its end, in ms */
export function withAlerts(events: readonly ServerEvent[], alerts: readonly Alert[], from: number, to: number): Entry[] {
  const meanwhile = alertEntries(alerts).filter(({ time }) => Date.parse(time) >= from && Date.parse(time) < to);
  return [...events.map(entryOf), ...meanwhile].sort((one, other) => Date.parse(other.time) - Date.parse(one.time));
}

/** Where alerts began and ended, as marks on a chart; ascending by time. */
export function alertMarkers(alerts: readonly Alert[]): Marker[] {
  return alertEntries(alerts)
    .map(({ time, title, detail, status }): Marker => ({ time: Date.parse(time) / 1000, kind: status === 'healthy' ? 'resolved' : 'alert', words: `${title}. ${detail}` }))
    .sort((one, other) => one.time - other.time);
}
