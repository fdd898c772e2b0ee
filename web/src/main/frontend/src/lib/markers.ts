/** What happened, as marks on a chart. Pure. */
import type { EventKind, ServerEvent } from './api/types';
import { MARKED, eventWords } from './events';

export interface Marker {
  /** Seconds since the epoch. */
  readonly time: number;
  /** `resolved` is where an alert is over. */
  readonly kind: EventKind | 'alert' | 'resolved';
  readonly words: string;
}

/** Ascending by time. */
export function markersOf(events: readonly ServerEvent[]): Marker[] {
  return events
    .filter((event) => MARKED.includes(event.kind))
    .map((event) => {
      const { title, detail } = eventWords(event);
      return { time: Date.parse(event.time) / 1000, kind: event.kind, words: detail ? `${title}. ${detail}` : title };
    })
    .sort((one, other) => one.time - other.time);
}

/** Two lists of markers as one. */
export function mergeMarkers(one: readonly Marker[], other: readonly Marker[]): Marker[] {
  return [...one, ...other].sort((a, b) => a.time - b.time);
}

/** The marker that is at most so far from a time; null for none. */
export function nearest(markers: readonly Marker[], time: number, within: number): Marker | null {
  let best: Marker | null = null;
  for (const marker of markers) {
    const away = Math.abs(marker.time - time);
    if (away <= within && (best === null || away < Math.abs(best.time - time))) best = marker;
  }
  return best;
}
