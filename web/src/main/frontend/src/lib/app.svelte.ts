import { urgentOf } from './alerts';
import { followAlerts } from './alert-follow';
import { ApiClient, ApiError, describe } from './api/client';
import type { Role, Session, StatusCounts } from './api/types';
import { LiveFeed } from './feed/feed.svelte';
import { Names } from './names.svelte';
import { allows, type Permission } from './permissions';
import { Resource } from './resource.svelte';
import { router } from './router.svelte';
import { loginPath } from './routes';

/** How often pages other than the fleet ask for the counts that the favicon shows, in milliseconds. */
const COUNTS_EVERY_MS = 15_000;
/** So many firing alerts are known one by one, the gravest; their counts are of all. */
const MOST_ALERTS = 200;

type SessionState =
  | { kind: 'checking' }
  | { kind: 'in'; session: Session }
  | { kind: 'out'; ended: boolean }
  | { kind: 'failed'; message: string };

/** What all pages share: who is logged in, the API, the live feed, the counts of the fleet and what is firing. */
class App {
  session = $state.raw<SessionState>({ kind: 'checking' });
  counts = $state.raw<StatusCounts | null>(null);
  /** The rows of the fleet page as they were last shown: the way from one server to the next. */
  lastOrder: readonly string[] = [];
  readonly api = new ApiClient(() => this.#end(true));
  readonly feed = new LiveFeed(() => void this.check());
  /** What fires now. */
  readonly alerts = new Resource((signal) => this.api.request('get', '/api/v1/alerts', { query: { state: 'firing', limit: MOST_ALERTS }, signal }));
  readonly names = new Names((id) => this.api.server(id));

  /** Of who is logged in; null for nobody. */
  get role(): Role | null {
    return this.session.kind === 'in' ? this.session.session.user.role : null;
  }

  may(permission: Permission): boolean {
    return allows(this.role, permission);
  }

  async check(): Promise<void> {
    try {
      this.#begin(await this.api.session());
    } catch (cause) {
      if (cause instanceof ApiError && cause.kind === 'unauthenticated') this.#end(this.session.kind === 'in');
      else if (this.session.kind !== 'in') this.session = { kind: 'failed', message: describe(cause) };
    }
  }

  async logIn(email: string, password: string): Promise<void> {
    this.#begin(await this.api.logIn(email, password));
  }

  async logOut(): Promise<void> {
    await this.api.logOut();
    this.#end(false);
  }

  /** Firing alerts that cannot wait, and that nobody has taken on. */
  get urgent(): number {
    return this.alerts.data === null ? 0 : urgentOf(this.alerts.data.counts);
  }

  /** The title of a page for the tab, with how much is urgent. @param least what the page itself knows of, which may be told of as an alert only later */
  title(page: string, least = 0): string {
    const number = Math.max(this.urgent, least);
    return `${number > 0 ? `(${number}) ` : ''}${page} · Wolverine`;
  }

  /** @return ends the asking */
  watchAlerts(): () => void {
    return followAlerts(this.alerts, (listener) => this.feed.listenToEvents(listener));
  }

  /** @return ends the asking */
  watchCounts(): () => void {
    const ask = async () => {
      if (document.visibilityState !== 'visible') return;
      try {
        this.counts = (await this.api.servers({ limit: 1 })).counts;
      } catch {
        // The page itself says what is wrong; a favicon can be late.
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), COUNTS_EVERY_MS);
    return () => clearInterval(timer);
  }

  #begin(session: Session): void {
    this.session = { kind: 'in', session };
    this.feed.start();
  }

  #end(ended: boolean): void {
    if (this.session.kind === 'out') return;
    this.feed.stop();
    this.counts = null;
    this.lastOrder = [];
    this.alerts.stop();
    this.alerts.data = null;
    this.names.forget();
    this.session = { kind: 'out', ended };
    // A one-time link is for who cannot log in yet.
    if (router.path !== '/link') router.go(loginPath(router.path + router.search), { replace: true });
  }
}

export const app = new App();
