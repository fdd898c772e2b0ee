export const SETTINGS = ['account', 'people', 'keys', 'enrolment', 'audit', 'quarantine', 'storage'] as const;
export type SettingsSection = (typeof SETTINGS)[number];

export const ALERT_TABS = ['inbox', 'rules', 'silences', 'channels'] as const;
export type AlertTab = (typeof ALERT_TABS)[number];

export type Route =
  | { page: 'fleet' }
  | { page: 'server'; id: string }
  | { page: 'alerts'; tab: AlertTab }
  | { page: 'alert'; id: string }
  | { page: 'analytics' }
  | { page: 'cost' }
  | { page: 'settings'; section: SettingsSection }
  | { page: 'connect' }
  | { page: 'login' }
  | { page: 'link' }
  | { page: 'missing' };

const PLAIN = ['analytics', 'cost', 'connect', 'login', 'link'] as const;

export function matchRoute(path: string): Route {
  if (path === '/') return { page: 'fleet' };
  const [, first, second, ...more] = path.split('/');
  if (more.length === 0 && first !== undefined) {
    if (second === undefined) return matchFirst(first);
    if (second !== '') return matchSecond(first, second);
  }
  return { page: 'missing' };
}

function matchFirst(first: string): Route {
  const plain = PLAIN.find((page) => page === first);
  if (plain) return { page: plain };
  if (first === 'alerts') return { page: 'alerts', tab: 'inbox' };
  if (first === 'settings') return { page: 'settings', section: 'account' };
  return { page: 'missing' };
}

function matchSecond(first: string, second: string): Route {
  if (first === 'settings') {
    const section = SETTINGS.find((each) => each === second);
    return section ? { page: 'settings', section } : { page: 'missing' };
  }
  const tab = ALERT_TABS.find((each) => each === second);
  if (first === 'alerts' && tab) return { page: 'alerts', tab };
  if (first !== 'servers' && first !== 'alerts') return { page: 'missing' };
  try {
    return { page: first === 'servers' ? 'server' : 'alert', id: decodeURIComponent(second) };
  } catch {
    return { page: 'missing' };
  }
}

export function serverPath(id: string): string {
  return `/servers/${encodeURIComponent(id)}`;
}

export function alertPath(id: string): string {
  return `/alerts/${encodeURIComponent(id)}`;
}

/** Where to go after login: only a page of our own, never another site. */
export function nextAfterLogin(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  const local = next.startsWith('/') && !next.startsWith('//') && !next.includes('\\');
  return local && !next.startsWith('/login') ? next : '/';
}

export function loginPath(from: string): string {
  return from === '/' || from.startsWith('/login') ? '/login' : `/login?next=${encodeURIComponent(from)}`;
}
