import { describe, expect, it } from 'vitest';
import { loginPath, matchRoute, nextAfterLogin, serverPath } from '../../src/lib/routes';

describe('routes', () => {
  it('finds a server by its id, however odd it is', () => {
    for (const id of ['wlv_3fa2b1c4d5e6', 'a/b', 'ä ?#', '%']) {
      expect(matchRoute(serverPath(id))).toEqual({ page: 'server', id });
    }
  });

  it('calls missing what it does not know', () => {
    for (const path of ['/servers', '/servers/', '/servers/a/b', '/nothing', '/servers/%E0%A4%A', '/settings/', '/settings/nothing', '//']) {
      expect(matchRoute(path)).toEqual({ page: 'missing' });
    }
  });

  it('gives every part of the settings and of the alerts an address', () => {
    expect(matchRoute('/settings')).toEqual({ page: 'settings', section: 'account' });
    expect(matchRoute('/settings/keys')).toEqual({ page: 'settings', section: 'keys' });
    expect(matchRoute('/alerts/rules')).toEqual({ page: 'alerts', tab: 'rules' });
    expect(matchRoute('/alerts/0b1f')).toEqual({ page: 'alert', id: '0b1f' });
  });

  it('returns after login to where the person was', () => {
    const from = '/servers/wlv_1?range=7d';
    expect(nextAfterLogin(new URL(loginPath(from), 'http://x').search)).toBe(from);
  });

  it('never leads to another site after login', () => {
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/login']) {
      expect(nextAfterLogin(`?next=${encodeURIComponent(next)}`)).toBe('/');
    }
  });
});
