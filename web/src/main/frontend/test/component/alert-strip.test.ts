// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import AlertStrip from '../../src/components/AlertStrip.svelte';
import ServerAlerts from '../../src/components/ServerAlerts.svelte';
import TopBar from '../../src/components/TopBar.svelte';
import type { Alert } from '../../src/lib/api/types';
import { app } from '../../src/lib/app.svelte';
import { alert, session } from './fixtures';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  app.session = { kind: 'checking' };
  app.alerts.data = null;
});

function fire(alerts: readonly Alert[]) {
  const of = (severity: Alert['severity']) => {
    const those = alerts.filter((each) => each.severity === severity);
    return { pending: 0, firing: those.length, acknowledged: those.filter((each) => each.acknowledged).length };
  };
  app.alerts.data = { alerts: [...alerts], total: alerts.length, counts: { critical: of('critical'), error: of('error'), warning: of('warning'), info: of('info') } };
}

describe('what fires, on the fleet page', () => {
  it('is not there when nothing does, or when all is taken on', () => {
    render(AlertStrip);
    expect(screen.queryByRole('region')).toBeNull();
    cleanup();
    fire([alert({ acknowledged: true })]);
    render(AlertStrip);
    expect(screen.queryByRole('region')).toBeNull();
  });

  it('names the five gravest, each with its server and its alert, and how many more there are', () => {
    fire([...Array.from({ length: 7 }, (_each, index) => alert({ id: `w${index}`, severity: 'warning' })), alert({ id: 'c', serverId: 'wlv_1', subject: 'billing-us', rule: 'Server down' })]);
    render(AlertStrip);
    const rows = within(screen.getByRole('region', { name: 'Firing alerts' })).getAllByRole('listitem');
    expect(rows.length).toBe(5);
    expect(rows[0]!.textContent).toContain('Critical');
    expect(within(rows[0]!).getByRole('link', { name: 'billing-us' }).getAttribute('href')).toBe('/servers/wlv_1');
    expect(within(rows[0]!).getByRole('link', { name: 'Server down' }).getAttribute('href')).toBe('/alerts/c');
    expect(screen.getByRole('link', { name: 'and 3 more alerts' }).getAttribute('href')).toBe('/alerts');
  });
});

describe('the navigation and the title', () => {
  it('count critical alerts and errors that nobody has taken on', () => {
    fire([alert({ id: '1' }), alert({ id: '2', severity: 'error' }), alert({ id: '3', severity: 'warning' }), alert({ id: '4', acknowledged: true })]);
    render(TopBar, { session: session(), onHelp: vi.fn(), onPalette: vi.fn() });
    expect(screen.getByRole('link', { name: 'Alerts 2 urgent' })).toBeTruthy();
    expect(screen.getByText('2 alerts need somebody').getAttribute('role')).toBe('status');
    expect(app.title('Cost')).toBe('(2) Cost · Wolverine');
    expect(app.title('Fleet', 5)).toBe('(5) Fleet · Wolverine');
  });

  it('have no number when nothing is urgent', () => {
    fire([alert({ severity: 'warning' })]);
    render(TopBar, { session: session(), onHelp: vi.fn(), onPalette: vi.fn() });
    expect(screen.getByRole('link', { name: 'Alerts' })).toBeTruthy();
    expect(app.title('Fleet')).toBe('Fleet · Wolverine');
  });
});

describe('what fires of one server', () => {
  it('is taken on with one press by who may, and asked for anew', async () => {
    app.session = { kind: 'in', session: session('operator') };
    const request = vi.spyOn(app.api, 'request').mockResolvedValue(null as never);
    const onChanged = vi.fn(async () => undefined);
    render(ServerAlerts, { alerts: [alert({ id: 'a7' })], onChanged });
    expect(screen.getByRole('listitem').textContent).toContain('The floor rises by 14 MB an hour');
    await fireEvent.click(screen.getByRole('button', { name: 'Acknowledge Memory leak' }));
    expect(request).toHaveBeenCalledWith('patch', '/api/v1/alerts/{id}', expect.objectContaining({ path: { id: 'a7' }, body: expect.objectContaining({ action: 'acknowledge' }) }));
    await vi.waitFor(() => expect(onChanged).toHaveBeenCalledOnce());
  });

  it('offers nothing to who may only read, or where somebody has taken it on', () => {
    app.session = { kind: 'in', session: session('viewer') };
    render(ServerAlerts, { alerts: [alert()], onChanged: vi.fn() });
    expect(screen.queryByRole('button')).toBeNull();
    cleanup();
    app.session = { kind: 'in', session: session('owner') };
    render(ServerAlerts, { alerts: [alert({ acknowledged: true, acknowledgedBy: 'user:ada@example.org' })], onChanged: vi.fn() });
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.getByText('taken on by ada@example.org')).toBeTruthy();
  });
});
