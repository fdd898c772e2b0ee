import { describe, expect, it } from 'vitest';
import { rank, type Entry } from '../../src/lib/palette';

const entry = (label: string): Entry => ({ id: label, label, group: 'Page' });
const entries = ['Fleet', 'Settings: Keys', 'Settings: Audit log', 'Log out', 'Keyboard help'].map(entry);
const found = (query: string) => rank(entries, query).map(({ label }) => label);

describe('the palette', () => {
  it('shows everything, in its order, before one types', () => {
    expect(found(' ')).toEqual(entries.map(({ label }) => label));
  });

  it('puts what begins with the letters before what has them inside', () => {
    expect(found('key')).toEqual(['Keyboard help', 'Settings: Keys']);
    expect(found('log')).toEqual(['Log out', 'Settings: Audit log']);
  });

  it('finds letters that are apart, and nothing where one is missing', () => {
    expect(found('stgky')).toEqual(['Settings: Keys']);
    expect(found('fleetx')).toEqual([]);
  });

  it('takes every letter for itself', () => {
    expect(found('.*')).toEqual([]);
    expect(found('s: k')).toEqual(['Settings: Keys']);
  });
});
