// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import FleetTable from '../../src/components/FleetTable.svelte';
import { DEFAULT_QUERY } from '../../src/lib/fleet-query';
import { router } from '../../src/lib/router.svelte';
import { Sparklines } from '../../src/lib/sparklines';
import { alert, server } from './fixtures';

afterEach(cleanup);

function table(options: { servers?: ReturnType<typeof server>[]; query?: typeof DEFAULT_QUERY; total?: number } = {}) {
  const onSort = vi.fn();
  const onHold = vi.fn();
  const servers = options.servers ?? [server({ id: 'a', name: 'alpha' }), server({ id: 'b', name: 'beta' }), server({ id: 'c', name: null })];
  const { component } = render(FleetTable, {
    servers,
    sparks: new Sparklines(),
    query: options.query ?? DEFAULT_QUERY,
    total: options.total ?? servers.length,
    old: false,
    onSort,
    onHold,
  });
  return { onSort, onHold, component, rows: () => screen.getAllByRole('row').slice(1) };
}

describe('the fleet table', () => {
  it('says the status in a word and a shape, not in a colour alone', () => {
    const { rows } = table({
      servers: (['down', 'degraded', 'unknown', 'healthy'] as const).map((status) => server({ id: status, status })),
    });
    const cells = rows().map((row) => within(row).getAllByRole('gridcell')[0]!);
    expect(cells.map((cell) => cell.textContent?.trim())).toEqual(['Down', 'Degraded', 'Unknown', 'Healthy']);
    expect(new Set(cells.map((cell) => cell.querySelector('svg')?.innerHTML)).size).toBe(4);
  });

  it('marks a server that something fires of, with its words for whoever cannot see the mark', () => {
    render(FleetTable, {
      servers: [server({ id: 'a', name: 'alpha' }), server({ id: 'b', name: 'beta' })],
      alerts: new Map([['b', [alert({ serverId: 'b', severity: 'warning' })]]]),
      sparks: new Sparklines(),
      query: DEFAULT_QUERY,
      total: 2,
      old: false,
      onSort: vi.fn(),
      onHold: vi.fn(),
    });
    const [, first, second] = screen.getAllByRole('row');
    expect(within(first!).queryByRole('img')).toBeNull();
    const mark = within(second!).getByRole('img', { name: 'Alert. Warning: Memory leak. The floor rises by 14 MB an hour' });
    expect(mark.title).toContain('The floor rises');
    expect(screen.getByRole('link', { name: 'beta' })).toBeTruthy();
  });

  it('shows what a server did not send as a dash', () => {
    const { rows } = table({ servers: [server({ memoryMb: null, cpuPercent: null, version: null, uptimeSeconds: null })] });
    const cells = within(rows()[0]!).getAllByRole('gridcell').map((cell) => cell.textContent?.trim());
    expect(cells.slice(3, 7)).toEqual(['–', '–', '–', '–']);
  });

  it('calls a server without a name by its id, and shows hostile names as text', () => {
    table({ servers: [server({ id: 'wlv_1', name: null }), server({ id: 'wlv_2', name: '<img src=x onerror=alert(1)>' })] });
    expect(screen.getByRole('link', { name: 'wlv_1' }).getAttribute('href')).toBe('/servers/wlv_1');
    expect(screen.getByRole('link', { name: '<img src=x onerror=alert(1)>' }).querySelector('img')).toBeNull();
  });

  it('tells a screen reader how it is sorted and which rows of all these are', () => {
    table({ query: { ...DEFAULT_QUERY, sort: 'memory', order: 'desc', page: 3, size: 25 }, total: 80 });
    expect(screen.getByRole('columnheader', { name: /Memory/ }).getAttribute('aria-sort')).toBe('descending');
    expect(screen.getByRole('columnheader', { name: /CPU/ }).getAttribute('aria-sort')).toBe('none');
    expect(screen.getByRole('columnheader', { name: /Why/ }).hasAttribute('aria-sort')).toBe(false);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('81');
    expect(screen.getAllByRole('row')[1]!.getAttribute('aria-rowindex')).toBe('52');
  });

  it('asks for another order and does not sort by itself', async () => {
    const { onSort, rows } = table();
    await fireEvent.click(screen.getByRole('button', { name: /Cost/ }));
    expect(onSort).toHaveBeenCalledExactlyOnceWith('cost');
    expect(rows().map((row) => row.dataset['server'])).toEqual(['a', 'b', 'c']);
  });

  it('has one row in the tab order, moved by arrows, Home and End', async () => {
    const { rows } = table();
    const stops = () => rows().map((row) => row.tabIndex);
    expect(stops()).toEqual([0, -1, -1]);
    rows()[0]!.focus();
    await fireEvent.keyDown(rows()[0]!, { key: 'ArrowDown' });
    expect(stops()).toEqual([-1, 0, -1]);
    expect(document.activeElement).toBe(rows()[1]);
    await fireEvent.keyDown(rows()[1]!, { key: 'End' });
    expect(document.activeElement).toBe(rows()[2]);
    await fireEvent.keyDown(rows()[2]!, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(rows()[2]);
  });

  it('opens the focused row with Enter', async () => {
    const go = vi.spyOn(router, 'go').mockImplementation(() => undefined);
    const { rows } = table();
    await fireEvent.keyDown(rows()[1]!, { key: 'Enter' });
    expect(go).toHaveBeenCalledExactlyOnceWith('/servers/b');
    go.mockRestore();
  });

  it('asks for rest while the focus is in its rows', () => {
    const { onHold, rows } = table();
    rows()[0]!.focus();
    expect(onHold).toHaveBeenLastCalledWith(true);
    rows()[0]!.blur();
    expect(onHold).toHaveBeenLastCalledWith(false);
  });
});
