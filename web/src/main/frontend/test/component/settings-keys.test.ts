// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/lib/api/client';
import type { CreatedKey, Key } from '../../src/lib/api/types';
import { app } from '../../src/lib/app.svelte';
import Settings from '../../src/pages/Settings.svelte';
import Keys from '../../src/settings/Keys.svelte';
import { session } from './fixtures';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  app.session = { kind: 'checking' };
});

const key = (values: Partial<Key> = {}): Key => ({
  id: 'A1b2C3d4E5',
  name: 'Report',
  kind: 'organisation',
  role: 'viewer',
  instanceId: null,
  lastFour: 'LmNo',
  createdAt: '2026-11-01T00:00:00.000Z',
  createdBy: 'ada@example.org',
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
  replaces: null,
  enrolledBy: null,
  ...values,
});

function open(...keys: Key[]) {
  // The window is shown by happy-dom without the browser's modal state.
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.setAttribute('open', '');
  };
  app.session = { kind: 'in', session: session() };
  const request = vi.spyOn(app.api, 'request').mockResolvedValue({ keys } as never);
  render(Keys);
  return request;
}

describe('the page of keys', () => {
  it('leaves keys that have ended away until one asks for them', async () => {
    open(key(), key({ id: 'old', name: 'Former', revokedAt: '2026-11-02T00:00:00.000Z' }));
    expect(await screen.findByText('Report')).toBeTruthy();
    expect(screen.queryByText('Former')).toBeNull();
    expect(screen.getByText(/Show 1 key that has ended/)).toBeTruthy();
  });

  it('shows a new key once', async () => {
    open(key());
    vi.spyOn(app.api, 'createKey').mockResolvedValue({ ...key({ name: 'New' }), key: 'wlvk_secret' } as CreatedKey);
    await fireEvent.click(await screen.findByRole('button', { name: 'New key' }));
    await fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'New' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Create key' }));
    expect(await screen.findByText('wlvk_secret')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'I have it' }));
    expect(screen.queryByText('wlvk_secret')).toBeNull();
  });

  it('says beside the field what the platform says against it, and stays open', async () => {
    open(key());
    vi.spyOn(app.api, 'createKey').mockRejectedValue(new ApiError('refused', 'name: taken (expected: another one)', 400));
    await fireEvent.click(await screen.findByRole('button', { name: 'New key' }));
    await fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'Report' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Create key' }));
    expect(await screen.findByText('taken (expected: another one)')).toBeTruthy();
    expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
  });
});

describe('the settings', () => {
  it('offer a role only what it may do', async () => {
    app.session = { kind: 'in', session: session('viewer') };
    vi.spyOn(app.api, 'request').mockResolvedValue({ sessions: [] } as never);
    render(Settings);
    expect(screen.getByRole('link', { name: 'Quarantine' })).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Keys' })).toBeNull();
    expect(screen.queryByRole('link', { name: 'Audit log' })).toBeNull();
  });
});
