import { describe, expect, it } from 'vitest';
import { changeOf, changeWords, errorBudget, parseDollars, rangeQuery, uptime } from '../../src/lib/analytics';
import { parseRange } from '../../src/lib/series';

describe('figures', () => {
  it('change against what was before, where there was something', () => {
    expect(changeWords(changeOf(112, 100))).toBe('12 % more');
    expect(changeWords(changeOf(50, 100))).toBe('50 % less');
    expect(changeWords(changeOf(100.1, 100))).toBe('as before');
    expect(changeWords(changeOf(5, 0))).toBe('');
  });

  it('of uptime are never rounded up to what they are not', () => {
    expect(uptime(99.99999)).toBe('99.9999 %');
    expect(uptime(99.95)).toBe('99.950 %');
    expect(uptime(100)).toBe('100 %');
    expect(uptime(null)).toBe('–');
  });

  it('of an error budget give a verdict first', () => {
    expect(errorBudget(3_600, 1_800, false)).toEqual({ status: 'healthy', words: '50 % left: 30 m' });
    expect(errorBudget(3_600, 360, false).status).toBe('degraded');
    expect(errorBudget(3_600, 1_800, true).status).toBe('down');
    expect(errorBudget(3_600, -60, false)).toEqual({ status: 'down', words: 'Exceeded by 1 m' });
    expect(errorBudget(0, 0, false).status).toBe('unknown');
  });

  it('are asked for by the range of the URL', () => {
    expect(rangeQuery(parseRange('?range=7d'))).toEqual({ period: '7d' });
    expect(rangeQuery(parseRange('?from=1000000000000&to=1000003600000'))).toEqual({ from: '1000000000000', to: '1000003600000' });
  });
});

describe('dollars', () => {
  it('become micro-dollars exactly, and nothing else does', () => {
    expect(parseDollars('12.34')).toBe(12_340_000);
    expect(parseDollars('$1,000')).toBe(1_000_000_000);
    expect(parseDollars('0.000001')).toBe(1);
    for (const text of ['', '-1', 'ten', '1.2.3', '1e3']) expect(parseDollars(text), text).toBeNull();
  });
});
