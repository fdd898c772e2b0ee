import { describe, expect, it, vi } from 'vitest';
import { ApiClient, ApiError, describe as explain } from '../../src/lib/api/client';

type Answer = () => Promise<Response>;

function clientThatGets(answer: Answer) {
  const lost = vi.fn();
  const calls: { path: string; init: RequestInit }[] = [];
  const client = new ApiClient(lost, (path, init) => {
    calls.push({ path, init });
    return answer();
  });
  return { client, lost, calls };
}

const problem = (status: number, detail: string, headers: Record<string, string> = {}): Answer => {
  const body = JSON.stringify({ type: 'about:blank', title: 'Title', status, detail });
  return async () => new Response(body, { status, headers });
};

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const cause: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(cause).toBeInstanceOf(ApiError);
  return cause as ApiError;
}

describe('the API client', () => {
  it('says what the platform said was wrong', async () => {
    const { client } = clientThatGets(problem(400, 'limit: 0 (expected: 1 to 1000)'));
    const failure = await failureOf(client.servers({ limit: 0 }));
    expect(failure).toMatchObject({ kind: 'refused', status: 400, message: 'limit: 0 (expected: 1 to 1000)' });
  });

  it('reports a lost session once the platform answers 401', async () => {
    const { client, lost } = clientThatGets(problem(401, 'No valid credential'));
    expect((await failureOf(client.servers({}))).kind).toBe('unauthenticated');
    expect(lost).toHaveBeenCalledOnce();
  });

  it('does not call a wrong password a lost session', async () => {
    const { client, lost } = clientThatGets(problem(401, 'wrong'));
    await failureOf(client.logIn('a@b', 'x'));
    await failureOf(client.session());
    expect(lost).not.toHaveBeenCalled();
  });

  it('passes on how long to wait', async () => {
    const { client } = clientThatGets(problem(429, 'Too many tries', { 'Retry-After': '90' }));
    expect(await failureOf(client.logIn('a@b', 'x'))).toMatchObject({ kind: 'busy', retryAfter: 90 });
  });

  it('has a sentence for a page of a proxy in place of JSON', async () => {
    const ok = clientThatGets(async () => new Response('<html>', { status: 200 }));
    expect((await failureOf(ok.client.connection())).message).toContain('not JSON');
    const bad = clientThatGets(async () => new Response('<html>', { status: 502 }));
    expect((await failureOf(bad.client.connection())).message).toContain('502');
  });

  it('has a sentence for a platform that is away', async () => {
    const { client } = clientThatGets(() => Promise.reject(new TypeError('fetch failed')));
    expect(await failureOf(client.connection())).toMatchObject({ kind: 'offline', status: null });
  });

  it('lets an abort of the caller through as it is', async () => {
    const { client } = clientThatGets(() => Promise.reject(new DOMException('aborted', 'AbortError')));
    await expect(client.connection(AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('sends the CSRF token with what changes something, and only then', async () => {
    const session = { user: { email: 'a@b', role: 'owner' }, organisation: { id: '1', name: 'x' }, csrfToken: 'secret' };
    const { client, calls } = clientThatGets(async () => new Response(JSON.stringify(session)));
    await client.session();
    await client.createKey({ name: 'k', role: 'ingest' });
    await client.connection();
    const tokens = calls.map(({ init }) => (init.headers as Record<string, string>)['X-WLV-CSRF']);
    expect(tokens).toEqual([undefined, 'secret', undefined]);
  });

  it('leaves what is not chosen out of the query and escapes the rest', async () => {
    const { client, calls } = clientThatGets(async () => new Response('{}'));
    await client.servers({ q: 'a&b', status: undefined, offset: 0 });
    await client.heartbeats('a/b', { from: 1, to: 2 });
    expect(calls.map(({ path }) => path)).toEqual([
      '/api/v1/servers?q=a%26b&offset=0',
      '/api/v1/servers/a%2Fb/heartbeats?from=1&to=2',
    ]);
  });

  it('explains its own mistakes without their innards', () => {
    expect(explain(new TypeError('x is undefined'))).not.toContain('undefined');
  });
});
