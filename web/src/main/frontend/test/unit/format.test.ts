import { describe, expect, it } from 'vitest';
import { ABSENT, clockOff, duration, money, percent, relative, share, verdict } from '../../src/lib/format';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('format', () => {
  it('says how far a clock is off once that is a second', () => {
    expect(clockOff(-3_200)).toBe('clock 3.2 s ahead');
    expect(clockOff(1_000)).toBe('clock 1 s behind');
    expect(clockOff(-125_000)).toBe('clock 2 m 5 s ahead');
    expect(clockOff(900)).toBe('');
    expect(clockOff(null)).toBe('');
  });

  it('shows an absent number as a dash, never as zero', () => {
    for (const format of [duration, money, percent]) expect(format(null)).toBe(ABSENT);
    expect(money(0)).toBe('$0');
  });

  it('shows money with two decimals from a dollar, else with four significant digits', () => {
    expect(money(1_000_000)).toBe('$1.00');
    expect(money(1_234_567_890)).toBe('$1,234.57');
    expect(money(999_999)).toBe('$1.00');
    expect(money(58_846)).toBe('$0.05885');
    expect(money(1)).toBe('$0.000001');
  });

  it('shows a duration in its two largest units', () => {
    expect(duration(0)).toBe('0 s');
    expect(duration(59.9)).toBe('59 s');
    expect(duration(60)).toBe('1 m');
    expect(duration(3_605)).toBe('1 h');
    expect(duration(3_665)).toBe('1 h 1 m');
    expect(duration(86_400 * 3 + 3_600 * 4 + 59)).toBe('3 d 4 h');
    expect(duration(-5)).toBe('0 s');
  });

  it('tells how long ago a time is, both ways', () => {
    const at = (seconds: number) => relative(new Date(NOW - seconds * 1000).toISOString(), NOW);
    expect(at(1)).toBe('just now');
    expect(at(12)).toBe('12 s ago');
    expect(at(119)).toBe('1 m ago');
    expect(at(7_200)).toBe('2 h ago');
    expect(at(172_800)).toBe('2 d ago');
    expect(at(-180)).toBe('in 3 m');
    expect(relative('nonsense', NOW)).toBe(ABSENT);
  });

  it('says the verdict worst first and leaves out what is not there', () => {
    expect(verdict({ down: 3, degraded: 12, unknown: 0, healthy: 9_985 })).toBe('3 down, 12 degraded, 9,985 healthy');
    expect(verdict({ down: 0, degraded: 0, unknown: 1, healthy: 0 })).toBe('1 unknown');
    expect(verdict({ down: 0, degraded: 0, unknown: 0, healthy: 35 })).toBe('All 35 servers are healthy');
    expect(verdict({ down: 0, degraded: 0, unknown: 0, healthy: 0 })).toBe('No servers yet');
  });

  it('shows at most one decimal of a percentage', () => {
    expect([7, 41.55, 0.04].map(percent)).toEqual(['7 %', '41.6 %', '0 %']);
  });

  it('keeps a meter between 0 and 100', () => {
    expect(share(250, 100)).toBe(100);
    expect(share(-1, 100)).toBe(0);
    expect(share(50, 200)).toBe(25);
    expect(share(50, 0)).toBeNull();
    expect(share(null, 100)).toBeNull();
  });
});
