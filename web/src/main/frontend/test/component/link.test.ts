// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/lib/api/client';
import { app } from '../../src/lib/app.svelte';
import Link from '../../src/pages/Link.svelte';

beforeEach(() => {
  history.replaceState(null, '', '/link#secret-token');
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const invitation = {
  purpose: 'invitation',
  email: 'ann@example.org',
  role: 'viewer',
  organisation: 'Shop',
  expiresAt: '2026-12-01T00:00:00.000Z',
} as const;

describe('a one-time link', () => {
  it('leaves the address bar, and says what it is for', async () => {
    const open = vi.spyOn(app.api, 'openLink').mockResolvedValue(invitation);
    render(Link);
    expect(await screen.findByText('Join Shop')).toBeTruthy();
    expect((screen.getByLabelText('E-mail') as HTMLInputElement).value).toBe('ann@example.org');
    expect(open).toHaveBeenCalledExactlyOnceWith('secret-token');
    expect(location.hash).toBe('');
  });

  it('sets the password', async () => {
    vi.spyOn(app.api, 'openLink').mockResolvedValue({ ...invitation, purpose: 'password' });
    const use = vi.spyOn(app.api, 'useLink').mockRejectedValue(new ApiError('busy', 'too many logins at once', 503));
    render(Link);
    await fireEvent.input(await screen.findByLabelText('New password'), { target: { value: 'correct horse battery' } });
    await fireEvent.submit(screen.getByRole('button', { name: 'Set password and log in' }).closest('form')!);
    expect(use).toHaveBeenCalledExactlyOnceWith('secret-token', 'correct horse battery');
    expect(await screen.findByText('too many logins at once')).toBeTruthy();
  });

  it('says that it does not work any more', async () => {
    vi.spyOn(app.api, 'openLink').mockRejectedValue(new ApiError('missing', 'token: unknown', 404));
    render(Link);
    expect(await screen.findByText('This link does not work')).toBeTruthy();
  });
});
