import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALERTS_SPACING_MS, followAlerts } from '../../src/lib/alert-follow';
import type { FeedEvent } from '../../src/lib/feed/messages';

type Told = readonly FeedEvent[] | null;

const event = (kind: FeedEvent['kind']): FeedEvent => ({ seq: 1, kind, server: null, at: '2026-11-21T12:00:00Z', data: {} });

function following() {
  const listeners = new Set<(told: Told) => void>();
  const asked = { loads: 0, following: true };
  const stop = followAlerts(
    {
      follow: () => () => (asked.following = false),
      load: async () => void (asked.loads += 1),
    },
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  );
  return { asked, stop, listeners, tell: (told: Told) => listeners.forEach((listener) => listener(told)) };
}

describe('alerts', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are asked for at once when the feed tells of one, or when it has lost some', () => {
    const { asked, tell } = following();
    tell([event('repair')]);
    vi.advanceTimersByTime(10_000);
    expect(asked.loads).toBe(0);
    tell([event('repair'), event('alert')]);
    vi.advanceTimersByTime(0);
    expect(asked.loads).toBe(1);
    vi.advanceTimersByTime(ALERTS_SPACING_MS);
    tell(null);
    vi.advanceTimersByTime(0);
    expect(asked.loads).toBe(2);
  });

  it('that come in a swarm are asked for once a second, and after the last of them', () => {
    const { asked, tell } = following();
    for (let told = 0; told < 19; told += 1) {
      tell([event('alert')]);
      vi.advanceTimersByTime(100);
    }
    expect(asked.loads).toBe(2);
    vi.advanceTimersByTime(ALERTS_SPACING_MS);
    expect(asked.loads).toBe(3);
  });

  it('are not asked for any more when nobody looks', () => {
    const { asked, stop, listeners, tell } = following();
    tell([event('alert')]);
    stop();
    vi.advanceTimersByTime(10_000);
    expect([asked.loads, asked.following, listeners.size]).toEqual([0, false, 0]);
  });
});
