import type { Status, StatusCounts } from './api/types';

/** Worst first: the order of the fleet and of the filter buttons. */
export const STATUSES: readonly Status[] = ['down', 'degraded', 'unknown', 'healthy'];

export const STATUS_WORDS: Record<Status, string> = {
  down: 'Down',
  degraded: 'Degraded',
  unknown: 'Unknown',
  healthy: 'Healthy',
};

export function totalOf(counts: StatusCounts): number {
  return counts.down + counts.degraded + counts.unknown + counts.healthy;
}

/** The worst status that any server has; null for an empty fleet. */
export function worstOf(counts: StatusCounts): Status | null {
  return STATUSES.find((status) => counts[status] > 0) ?? null;
}
