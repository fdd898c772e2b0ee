export type Route =
  | { page: 'fleet' }
  | { page: 'server'; id: string }
  | { page: 'connect' }
  | { page: 'login' }
  | { page: 'link' }
  | { page: 'missing' };

export function matchRoute(path: string): Route {
  if (path === '/') return { page: 'fleet' };
  if (path === '/connect') return { page: 'connect' };
  if (path === '/login') return { page: 'login' };
  if (path === '/link') return { page: 'link' };
  const server = /^\/servers\/([^/]+)$/.exec(path);
  if (server?.[1]) {
    try {
      return { page: 'server', id: decodeURIComponent(server[1]) };
    } catch {
      return { page: 'missing' };
    }
  }
  return { page: 'missing' };
}

export function serverPath(id: string): string {
  return `/servers/${encodeURIComponent(id)}`;
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
