// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/lib/api/client';
import { app } from '../../src/lib/app.svelte';
import Login from '../../src/pages/Login.svelte';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

async function tryWith(failure: ApiError) {
  const logIn = vi.spyOn(app, 'logIn').mockRejectedValue(failure);
  render(Login);
  await fireEvent.input(screen.getByLabelText('E-mail'), { target: { value: ' ada@example.org ' } });
  await fireEvent.input(screen.getByLabelText('Password'), { target: { value: ' secret ' } });
  await fireEvent.submit(screen.getByRole('button', { name: 'Log in' }).closest('form')!);
  return logIn;
}

describe('the login', () => {
  it('says the same for a wrong password as for an unknown address', async () => {
    const logIn = await tryWith(new ApiError('unauthenticated', 'whatever', 401));
    expect(await screen.findByText('E-mail or password is wrong.')).toBeTruthy();
    expect(logIn).toHaveBeenCalledExactlyOnceWith('ada@example.org', ' secret ');
    expect((screen.getByLabelText('Password') as HTMLInputElement).value).toBe('');
  });

  it('says how long to wait after too many tries', async () => {
    await tryWith(new ApiError('busy', 'Too many', 429, 90));
    expect(await screen.findByText('Too many tries. Wait 1 m 30 s and try again.')).toBeTruthy();
  });

  it('does not blame the password when the platform is away', async () => {
    await tryWith(new ApiError('offline', 'The platform cannot be reached.'));
    expect(await screen.findByText('The platform cannot be reached.')).toBeTruthy();
  });
});
