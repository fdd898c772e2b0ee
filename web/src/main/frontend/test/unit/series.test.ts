import { describe, expect, it } from 'vitest';
import type { HeartbeatPoint } from '../../src/lib/api/types';
import { RANGES, customSearch, intervalFor, parseRange, rangeSearch, summarise, toColumns } from '../../src/lib/series';

const START = Date.parse('2026-11-21T12:00:00Z');

function point(minute: number, memory: number | null, cpu: number | null = 10, beats = 1): HeartbeatPoint {
  return {
    time: new Date(START + minute * 60_000).toISOString(),
    beats,
    memoryMb: memory === null ? null : { min: memory - 5, avg: memory, max: memory + 5 },
    cpuPercent: cpu === null ? null : { min: cpu / 2, avg: cpu, max: cpu * 2 },
    unhealthyRoutes: null,
    slowestAvgMs: null,
    uptimeSeconds: null,
  };
}

describe('series', () => {
  it('breaks the line where heartbeats are missing, and not between two of them', () => {
    const { time, memory } = toColumns([point(0, 100), point(1, 101), point(30, 102)], 60, []);
    expect(memory.avg).toEqual([100, 101, null, 102]);
    expect(time).toEqual([...time].sort((one, other) => one - other));
  });

  it('puts live heartbeats after the history and drops those that it holds already', () => {
    const live = [0, 1, 2].map((minute) => ({ time: START + minute * 60_000, memoryMb: 200 + minute, cpuPercent: null }));
    expect(toColumns([point(0, 100), point(1, 101)], 60, live).memory.avg).toEqual([100, 101, 202]);
  });

  it('keeps absent values absent', () => {
    const { memory, cpu } = toColumns([point(0, null, null)], 60, []);
    expect([memory.min, memory.avg, memory.max, cpu.avg, cpu.max].flat()).toEqual([null, null, null, null, null]);
  });

  it('weights the average by heartbeats', () => {
    expect(summarise([point(0, 100, 10, 3), point(1, 200, 10, 1)], 'memoryMb')).toEqual({ least: 95, average: 125, most: 205 });
    expect(summarise([point(0, null)], 'memoryMb')).toBeNull();
  });

  it('never asks for more than 1,000 points', () => {
    const widths: Record<string, number> = { '1m': 60, '5m': 300, '15m': 900, '1h': 3_600, '6h': 21_600, '1d': 86_400 };
    for (let hours = 1; hours <= 366 * 24; hours += 7) {
      const seconds = hours * 3_600;
      expect(seconds / widths[intervalFor(seconds * 1000)]!).toBeLessThan(1_000);
    }
    expect(RANGES.map((range) => intervalFor(range.ms))).toEqual(['1m', '1m', '1m', '5m', '15m', '1h']);
  });

  it('keeps the range in the URL', () => {
    for (const range of RANGES) expect(parseRange(rangeSearch(range.key))).toEqual({ kind: 'named', range });
    const drawn = { from: START, to: START + 3_600_000 };
    expect(parseRange(customSearch(drawn))).toEqual({ kind: 'custom', range: drawn });
  });

  it('makes a range that is too short long enough, around its middle', () => {
    const choice = parseRange(customSearch({ from: START, to: START + 1_000 }));
    expect(choice.kind).toBe('custom');
    if (choice.kind === 'custom') expect((choice.range.from + choice.range.to) / 2).toBeCloseTo(START + 500, -1);
  });

  it('falls back to the default range where the URL makes no sense', () => {
    for (const search of ['?range=9y', '?from=5&to=1', '?from=x&to=y', '?from=1&to=99999999999999']) {
      expect(parseRange(search)).toMatchObject({ kind: 'named', range: { key: '6h' } });
    }
  });
});
