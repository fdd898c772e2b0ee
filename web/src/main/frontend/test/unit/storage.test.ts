import { describe, expect, it } from 'vitest';
import type { Storage } from '../../src/lib/api/types';
import { isPressing, storageWords } from '../../src/lib/storage';

const known: Storage = {
  layout: 'native',
  columnstore: false,
  layoutReason: 'the server has no TimescaleDB',
  measuredAt: '2026-11-21T12:00:00.000Z',
  rawBytes: 4_000_000_000,
  usageBytes: 300_000_000,
  otherBytes: 20_000_000,
  rawKeptDays: 32,
  usageKeptDays: 367,
  bytesPerDay: 2_000_000_000,
  bytesAtRetention: 90_000_000_000,
  freeBytes: 800_000_000_000,
  outlook: 'fits',
  fullInDays: null,
};

describe('storage', () => {
  it('says what is stored, how fast it grows and where it ends', () => {
    expect(storageWords(known)).toEqual([
      '4.32 GB in PostgreSQL',
      '2 GB a day',
      '800 GB free',
      'fits: 90 GB once 367 days are kept',
    ]);
    expect(isPressing(known)).toBe(false);
  });

  it('says when the disk will be full, and presses when that is soon', () => {
    const filling: Storage = { ...known, layout: 'timescale', columnstore: true, outlook: 'fills', fullInDays: 1 };
    expect(storageWords(filling).join(' · ')).toBe('4.32 GB in TimescaleDB, compressed · 2 GB a day · 800 GB free · full in 1 day');
    expect(isPressing(filling)).toBe(true);
    expect(isPressing({ ...filling, fullInDays: 15 })).toBe(false);
  });

  it('says nothing that is not known', () => {
    const fresh: Storage = { ...known, bytesPerDay: null, bytesAtRetention: null, freeBytes: null, outlook: 'unknown' };
    expect(storageWords(fresh)).toEqual(['4.32 GB in PostgreSQL', 'too early to tell a rate']);
    expect(storageWords({ ...known, freeBytes: null, outlook: 'unknown' })).toEqual([
      '4.32 GB in PostgreSQL',
      '2 GB a day',
      '90 GB once 367 days are kept',
    ]);
  });
});
