import { describe, expect, it } from 'vitest';
import { sparkPath } from '../../src/lib/spark-path';
import { SPARK_POINTS, Sparklines } from '../../src/lib/sparklines';

const beat = (timestamp: number, memoryMb: number | null) => ({ id: 'a', timestamp: String(timestamp), memoryMb });

describe('sparklines', () => {
  it('take one point a heartbeat, however often it is told', () => {
    const once = new Sparklines().withBeats([beat(1, 100)]);
    expect(once.withBeats([beat(1, 100)])).toBe(once);
    expect(once.withBeats([beat(2, 100)]).points('a')).toEqual([100, 100]);
  });

  it('put the past before what was seen live, and keep the latest only', () => {
    const line = new Sparklines().withBeats([beat(1, 7)]).withPast('a', Array.from({ length: 100 }, (_, at) => at));
    expect(line.points('a')).toHaveLength(SPARK_POINTS);
    expect(line.points('a').slice(-2)).toEqual([99, 7]);
  });

  it('take no point from a heartbeat without memory', () => {
    expect(new Sparklines().withBeats([beat(1, null)]).points('a')).toEqual([]);
  });

  it('draw a steady server as a steady line in the middle', () => {
    expect(sparkPath([100, 100, 100], 56, 14)).toBe('M0.0 7.0L28.0 7.0L56.0 7.0');
    expect(sparkPath([100], 56, 14)).toBe('');
  });

  it('stay inside their box', () => {
    const path = sparkPath([1, 1_000, 3, 0], 56, 14);
    for (const y of path.match(/ (-?[\d.]+)/g) ?? []) {
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeLessThanOrEqual(14);
    }
  });
});
