import { describe, expect, it } from 'vitest';
import type { EventKind, HeartbeatPoint, ServerEvent } from '../../src/lib/api/types';
import { EVENT_KINDS, eventWords, whatChanged } from '../../src/lib/events';
import { fieldTime, parseFieldTime } from '../../src/lib/field-time';
import { markersOf, nearest } from '../../src/lib/markers';
import { parseTags } from '../../src/lib/tags';

const event = (kind: EventKind, detail: ServerEvent['detail'] = {}, time = '2026-11-21T12:00:00.000Z'): ServerEvent => ({ time, kind, detail });
const point = (memory: number): HeartbeatPoint => ({
  time: '2026-11-21T12:00:00.000Z',
  beats: 1,
  memoryMb: { min: memory, avg: memory, max: memory },
  cpuPercent: null,
  unhealthyRoutes: null,
  slowestAvgMs: null,
  uptimeSeconds: null,
});

describe('an event', () => {
  it('is told in words, with how grave it is', () => {
    expect(eventWords(event('status', { status: 'down', reason: 'no heartbeat' }))).toEqual({ title: 'Down', detail: 'No heartbeat', status: 'down' });
    expect(eventWords(event('status', { status: 'degraded', reason: 'routes_unhealthy' })).detail).toBe('Routes unhealthy');
    expect(eventWords(event('repair', { repairs: 3, failures: 1, error: 'TypeError', costMicros: 20_000 })).title).toBe('1 of 3 repairs failed');
    expect(eventWords(event('restart', { cause: 'crash', lifetimeSeconds: 61, memoryBeforeMb: 500 })).detail).toBe('Crash, after 1 m 1 s, with 500 MB');
    expect(eventWords(event('gap', { seconds: 600, platformAway: true })).status).toBe('unknown');
  });

  it('of any kind needs no detail', () => {
    for (const [kind] of EVENT_KINDS) expect(eventWords(event(kind)).title, kind).not.toBe('');
  });
});

describe('what changed', () => {
  it('names the most striking first, and leaves out what is noise', () => {
    const words = whatChanged(
      [point(300)],
      [point(100)],
      [event('status', { status: 'down', reason: 'silent' }), event('restart'), event('restart')],
      [],
    ).map((change) => change.words);
    expect(words).toEqual(['Down: Silent', '2 restarts, none before', 'Memory averaged 300 MB, 200 % more than the 100 MB before']);
    expect(whatChanged([point(104)], [point(100)], [], [])).toEqual([]);
  });

  it('counts repairs, not the heartbeats that told of them', () => {
    const [change] = whatChanged([], [], [event('repair', { repairs: 4 })], [event('repair', { repairs: 1 })]);
    expect(change?.words).toBe('4 repairs, 1 before');
  });
});

describe('markers', () => {
  it('are in the order of time, of the kinds that charts show', () => {
    const marks = markersOf([event('restart', {}, '2026-11-21T13:00:00Z'), event('gap'), event('version', { to: '5.3.0' })]);
    expect(marks.map(({ kind }) => kind)).toEqual(['version', 'restart']);
  });

  it('are found near the pointer, and not elsewhere', () => {
    const marks = [10, 20].map((time) => ({ time, kind: 'restart' as const, words: String(time) }));
    expect(nearest(marks, 18, 5)?.words).toBe('20');
    expect(nearest(marks, 30, 5)).toBeNull();
  });
});

describe('times in fields', () => {
  it('come back as they went, in either zone', () => {
    const ms = Date.parse('2026-11-21T12:34:00Z');
    for (const zone of ['local', 'utc'] as const) expect(parseFieldTime(fieldTime(ms, zone), zone), zone).toBe(ms);
    expect(fieldTime(ms, 'utc')).toBe('2026-11-21T12:34');
    expect(parseFieldTime('', 'utc')).toBeNull();
  });
});

describe('tags', () => {
  it('are split at commas, each once', () => {
    expect(parseTags(' eu, canary,,eu ,')).toEqual(['eu', 'canary']);
  });
});
