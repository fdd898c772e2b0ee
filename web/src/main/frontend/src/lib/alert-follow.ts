/** How alerts are kept up to date. */
import type { FeedEvent } from './feed/messages';

/** How often alerts are asked for while the page is visible, in milliseconds. */
export const ASK_ALERTS_MS = 15_000;
/** Least time between two questions that the live feed gives rise to: alerts come in swarms. */
export const ALERTS_SPACING_MS = 1_000;

interface Asked {
  follow(everyMs: number): () => void;
  load(): Promise<void>;
}

/** @param events tells of what happened, null where some of it was lost; returns what ends that */
type Events = (listener: (events: readonly FeedEvent[] | null) => void) => () => void;

/** Asks now, every so often, and at once when the feed tells of an alert. @return ends it; for an effect */
export function followAlerts(asked: Asked, events: Events): () => void {
  let askedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = () => {
    timer = undefined;
    askedAt = Date.now();
    void asked.load();
  };
  const stopAsking = asked.follow(ASK_ALERTS_MS);
  const stopListening = events((told) => {
    if (told !== null && !told.some((event) => event.kind === 'alert')) return;
    timer ??= setTimeout(ask, Math.max(0, askedAt + ALERTS_SPACING_MS - Date.now()));
  });
  return () => {
    clearTimeout(timer);
    stopListening();
    stopAsking();
  };
}
