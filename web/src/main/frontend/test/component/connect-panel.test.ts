// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import ConnectPanel from '../../src/components/ConnectPanel.svelte';
import { ApiError } from '../../src/lib/api/client';
import type { CreatedKey, Role, Server } from '../../src/lib/api/types';
import { app } from '../../src/lib/app.svelte';
import type { Change } from '../../src/lib/feed/replica';
import { server, session } from './fixtures';

type Listener = (change: Change, rows: ReadonlyMap<string, Server>) => void;

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  app.session = { kind: 'checking' };
});

function panel(options: { role?: Role; first?: boolean } = {}) {
  app.session = { kind: 'in', session: session(options.role) };
  app.feed.status = 'live';
  let listener: Listener | undefined;
  vi.spyOn(app.feed, 'listen').mockImplementation((given) => {
    listener = given;
    return () => undefined;
  });
  const createKey = vi.spyOn(app.api, 'createKey');
  render(ConnectPanel, { first: options.first ?? true });
  const tell = async (rows: Server[], added: string[], snapshot: boolean) => {
    const change = { changed: added, added, gone: [], snapshot };
    listener?.(change, new Map(rows.map((row) => [row.id, row])));
    await tick();
  };
  return { createKey, tell };
}

describe('the page to connect a server', () => {
  it('creates a key that can send heartbeats only, and shows it', async () => {
    const { createKey } = panel();
    createKey.mockResolvedValue({ key: 'wlvk_secret', name: 'Instances' } as CreatedKey);
    await fireEvent.click(screen.getByRole('button', { name: 'Create ingest key' }));
    expect(createKey.mock.calls[0]![0].role).toBe('ingest');
    expect(await screen.findByText(/WOLVERINE_PLATFORM_KEY=wlvk_secret/)).toBeTruthy();
    expect(screen.getByText(/shown this once/)).toBeTruthy();
  });

  it('offers no button to a role that may not create keys', () => {
    panel({ role: 'viewer' });
    expect(screen.queryByRole('button', { name: 'Create ingest key' })).toBeNull();
    expect(screen.getByText(/Ask an owner or admin/)).toBeTruthy();
  });

  it('says why no key was created and lets one try again', async () => {
    const { createKey } = panel();
    createKey.mockRejectedValue(new ApiError('busy', 'The database is away.', 503));
    await fireEvent.click(screen.getByRole('button', { name: 'Create ingest key' }));
    expect(await screen.findByText('The database is away.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Retry' })).toBeTruthy();
  });

  it('turns to connected with the first heartbeat', async () => {
    const { tell } = panel();
    expect(screen.getByText(/Waiting for the first heartbeat/)).toBeTruthy();
    await tell([], [], true);
    await tell([server({ name: 'api-prod' })], ['wlv_3fa2b1c4d5e6'], false);
    expect(screen.getByText('Connected: api-prod')).toBeTruthy();
  });

  it('does not take a server that was there before for a new one', async () => {
    const { tell } = panel({ first: false });
    const old = server({ id: 'old', name: 'old' });
    await tell([old], ['old'], true);
    expect(screen.queryByText(/Connected/)).toBeNull();
    await tell([old, server({ id: 'new', name: 'new' })], ['new'], false);
    expect(screen.getByText('Connected: new')).toBeTruthy();
  });
});
