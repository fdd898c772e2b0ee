/**
 * Calls the platform's API over the session cookie.
 *
 * A failed call throws an `ApiError`, which says in one sentence what a person can read. There is no retry in here:
 * whoever shows the data knows whether it is worth one.
 */
import type {
  Connection,
  CreatedKey,
  HeartbeatSeries,
  Interval,
  Link,
  NewKey,
  Problem,
  Server,
  ServerPage,
  Session,
  Storage,
} from './types';
import type { Answer, Method, Options, PathOf } from './operations';

/** Longest wait for an answer, in milliseconds. */
const DEADLINE_MS = 15_000;

export type FailureKind = 'offline' | 'timeout' | 'unauthenticated' | 'forbidden' | 'missing' | 'busy' | 'refused' | 'broken';

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly status: number | null = null,
    /** Seconds that the platform asks to wait; null where it did not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

export interface ServersQuery {
  status?: string | undefined;
  tag?: string | undefined;
  version?: string | undefined;
  q?: string | undefined;
  archived?: string | undefined;
  sort?: string | undefined;
  order?: string | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

export interface HeartbeatsQuery {
  from: number;
  to: number;
  interval?: Interval | undefined;
}

interface LooseOptions {
  path?: Record<string, string>;
  query?: QueryValues;
  body?: unknown;
  signal?: AbortSignal;
}

type QueryValues = Record<string, string | number | boolean | readonly string[] | null | undefined>;

type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export class ApiClient {
  #csrfToken: string | null = null;
  readonly #fetch: Fetch;
  readonly #onSessionLost: () => void;

  /** @param onSessionLost called when a call other than the session's own is answered 401 */
  constructor(onSessionLost: () => void, fetchFunction: Fetch = (input, init) => fetch(input, init)) {
    this.#onSessionLost = onSessionLost;
    this.#fetch = fetchFunction;
  }

  async session(): Promise<Session> {
    return this.#remember(await this.#call<Session>('GET', '/api/v1/session', { ownSession: true }));
  }

  async logIn(email: string, password: string): Promise<Session> {
    const body = { email, password };
    return this.#remember(await this.#call<Session>('POST', '/api/v1/session', { body, ownSession: true }));
  }

  /** What a one-time link is for; using it is another call. */
  openLink(token: string): Promise<Link> {
    return this.#call('POST', '/api/v1/links/open', { body: { token }, ownSession: true });
  }

  /** Sets the password that a one-time link allows, and logs in. */
  async useLink(token: string, password: string): Promise<Session> {
    const body = { token, password };
    return this.#remember(await this.#call<Session>('POST', '/api/v1/links/use', { body, ownSession: true }));
  }

  async logOut(): Promise<void> {
    await this.#call<null>('DELETE', '/api/v1/session', { ownSession: true });
    this.#csrfToken = null;
  }

  servers(query: ServersQuery, signal?: AbortSignal): Promise<ServerPage> {
    return this.#call('GET', `/api/v1/servers${queryString({ ...query })}`, { signal });
  }

  server(id: string, signal?: AbortSignal): Promise<Server> {
    return this.#call('GET', `/api/v1/servers/${encodeURIComponent(id)}`, { signal });
  }

  heartbeats(id: string, query: HeartbeatsQuery, signal?: AbortSignal): Promise<HeartbeatSeries> {
    const path = `/api/v1/servers/${encodeURIComponent(id)}/heartbeats${queryString({ ...query })}`;
    return this.#call('GET', path, { signal });
  }

  connection(signal?: AbortSignal): Promise<Connection> {
    return this.#call('GET', '/api/v1/connection', { signal });
  }

  storage(signal?: AbortSignal): Promise<Storage> {
    return this.#call('GET', '/api/v1/storage', { signal });
  }

  /**
   * The status of every server, a byte each.
   *
   * @param etag of the answer that is there
   * @return null where that is still the answer
   */
  async heatmap(etag: string | null, signal: AbortSignal): Promise<{ bytes: Uint8Array; etag: string | null } | null> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const headers: Record<string, string> = etag === null ? {} : { 'If-None-Match': etag };
    const init: RequestInit = { headers, signal: AbortSignal.any([signal, deadline]), credentials: 'same-origin', cache: 'no-store' };
    const { response, body } = await this.#send('/api/v1/servers/heatmap', init, signal, deadline, (answer) => answer.arrayBuffer());
    if (response.status === 304) return null;
    if (!response.ok) {
      const failure = toError(response, new TextDecoder().decode(body));
      if (failure.kind === 'unauthenticated') this.#onSessionLost();
      throw failure;
    }
    return { bytes: new Uint8Array(body), etag: response.headers.get('ETag') };
  }

  createKey(key: NewKey): Promise<CreatedKey> {
    return this.#call('POST', '/api/v1/keys', { body: key });
  }

  /** Any operation of the description, by its method and path; what it takes and answers follows from the description. */
  request<M extends Method, P extends PathOf<M>>(method: M, path: P, options: Options<M, P> = {} as Options<M, P>): Promise<Answer<M, P>> {
    const { path: names, query, body, signal } = options as LooseOptions;
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(names?.[name] ?? ''));
    return this.#call(method.toUpperCase(), filled + queryString(query ?? {}), { body, signal });
  }

  #remember(session: Session): Session {
    this.#csrfToken = session.csrfToken;
    return session;
  }

  async #call<T>(
    method: string,
    path: string,
    options: { body?: unknown; signal?: AbortSignal | undefined; ownSession?: boolean } = {},
  ): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (options.body !== undefined) headers['Content-Type'] = 'application/json';
    if (method !== 'GET' && this.#csrfToken) headers['X-WLV-CSRF'] = this.#csrfToken;

    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    const init: RequestInit = { method, headers, signal, credentials: 'same-origin', cache: 'no-store' };
    if (options.body !== undefined) init.body = JSON.stringify(options.body);

    const { response, body: text } = await this.#send(path, init, options.signal, deadline, (answer) => answer.text());
    if (!response.ok) {
      const failure = toError(response, text);
      if (failure.kind === 'unauthenticated' && !options.ownSession) this.#onSessionLost();
      throw failure;
    }
    if (text === '') return null as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new ApiError('broken', 'The answer is not JSON. Does a proxy stand in between?', response.status);
    }
  }

  async #send<B>(
    path: string,
    init: RequestInit,
    leaving: AbortSignal | undefined,
    deadline: AbortSignal,
    read: (response: Response) => Promise<B>,
  ): Promise<{ response: Response; body: B }> {
    try {
      const response = await this.#fetch(path, init);
      return { response, body: await read(response) };
    } catch (cause) {
      if (leaving?.aborted) throw cause;
      if (deadline.aborted) {
        throw new ApiError('timeout', `The platform did not answer within ${DEADLINE_MS / 1000} seconds.`);
      }
      throw new ApiError('offline', 'The platform cannot be reached. Is it running, and is the network up?');
    }
  }
}

/** One sentence for whatever was thrown, for people. */
export function describe(cause: unknown): string {
  if (cause instanceof ApiError) return cause.message;
  return 'Something went wrong in the dashboard itself. Reload the page; if it stays, please report it.';
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError';
}

function toError(response: Response, text: string): ApiError {
  const kind = kindOf(response.status);
  const problem = parseProblem(text);
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
  const message = problem?.detail || problem?.title || defaultSentence(kind, response.status);
  return new ApiError(kind, message, response.status, retryAfter);
}

function kindOf(status: number): FailureKind {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'missing';
    case 429:
    case 503:
      return 'busy';
    default:
      return status < 500 ? 'refused' : 'broken';
  }
}

function defaultSentence(kind: FailureKind, status: number): string {
  switch (kind) {
    case 'unauthenticated':
      return 'The session has ended. Log in again.';
    case 'forbidden':
      return 'Your role does not allow this.';
    case 'missing':
      return 'This does not exist.';
    case 'busy':
      return 'The platform is busy or starting. It will answer again soon.';
    default:
      return `The platform answered with an error (${status}).`;
  }
}

function parseProblem(text: string): Partial<Problem> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Partial<Problem>) : null;
  } catch {
    return null;
  }
}

export function queryString(values: QueryValues): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value != null && value !== '' && !(Array.isArray(value) && value.length === 0)) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
