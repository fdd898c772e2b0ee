import { describe, expect, it } from 'vitest';
import { ORDER_SPACING_MS, RowOrder } from '../../src/lib/row-order';

describe('row order', () => {
  it('shows at once what a person asked for', () => {
    const order = new RowOrder();
    order.ask(['a', 'b'], 0);
    order.ask(['b', 'a'], 1);
    expect(order.shown).toEqual(['b', 'a']);
  });

  it('moves rows by itself at most every two seconds', () => {
    const order = new RowOrder();
    order.ask(['a', 'b'], 0);
    order.offer(['b', 'a'], false, 100);
    expect(order.shown).toEqual(['a', 'b']);
    order.settle(false, ORDER_SPACING_MS - 1);
    expect(order.shown).toEqual(['a', 'b']);
    order.settle(false, ORDER_SPACING_MS);
    expect(order.shown).toEqual(['b', 'a']);
    expect(order.isWaiting).toBe(false);
  });

  it('moves no row while someone is in the table, and says how many wait', () => {
    const order = new RowOrder();
    order.ask(['a', 'b'], 0);
    order.offer(['c', 'a', 'b'], true, 60_000);
    expect(order.shown).toEqual(['a', 'b']);
    expect(order.arrivals).toBe(1);
    order.settle(false, 60_001);
    expect(order.shown).toEqual(['c', 'a', 'b']);
    expect(order.arrivals).toBe(0);
  });

  it('forgets a waiting order when things went back to how they are shown', () => {
    const order = new RowOrder();
    order.ask(['a', 'b'], 0);
    order.offer(['b', 'a'], true, 10_000);
    order.offer(['a', 'b'], true, 11_000);
    expect(order.isWaiting).toBe(false);
  });

  it('keeps the very same list while the order is the same', () => {
    const order = new RowOrder();
    order.ask(['a', 'b'], 0);
    const before = order.shown;
    order.offer(['a', 'b'], false, 10_000);
    expect(order.shown).toBe(before);
  });
});
