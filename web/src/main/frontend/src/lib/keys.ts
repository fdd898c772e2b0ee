/** How a key stands, and what can be done with it. Pure. */
import type { Key, Status } from './api/types';

export type KeyState = 'live' | 'ending' | 'expired' | 'revoked';

/** A key that ends within this is worth a warning, in milliseconds: a week. */
const SOON_MS = 7 * 86_400_000;

export function keyState(key: Pick<Key, 'expiresAt' | 'revokedAt'>, now: number): KeyState {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt === null) return 'live';
  const left = Date.parse(key.expiresAt) - now;
  if (left <= 0) return 'expired';
  return left < SOON_MS ? 'ending' : 'live';
}

export const KEY_STATE_WORDS: Readonly<Record<KeyState, { status: Status; word: string }>> = {
  live: { status: 'healthy', word: 'live' },
  ending: { status: 'degraded', word: 'ends soon' },
  expired: { status: 'unknown', word: 'expired' },
  revoked: { status: 'unknown', word: 'revoked' },
};

export function isOver(state: KeyState): boolean {
  return state === 'expired' || state === 'revoked';
}

/** Lives of new keys, in seconds; 0 is for ever. */
export const LIVES: readonly (readonly [number, string])[] = [
  [0, 'for ever'],
  [86_400, '1 day'],
  [30 * 86_400, '30 days'],
  [90 * 86_400, '90 days'],
  [365 * 86_400, '1 year'],
];

/** How long an old key works beside its successor, in seconds. */
export const OVERLAPS: readonly (readonly [number, string])[] = [
  [0, 'not at all: it ends now'],
  [3_600, '1 hour'],
  [86_400, '1 day'],
  [3 * 86_400, '3 days'],
  [7 * 86_400, '7 days'],
];
