/** Figures of the analytics in words. Pure. */
import type { Status } from './api/types';
import { ABSENT, duration, percent } from './format';
import type { RangeChoice } from './series';

/** A change as a part of what was before, in words: `12 % more`; empty where there was nothing before. */
export function changeWords(part: number | null): string {
  if (part === null) return '';
  const size = percent(Math.abs(part) * 100);
  if (Math.abs(part) < 0.005) return 'as before';
  return part > 0 ? `${size} more` : `${size} less`;
}

/** Change of one number against another. */
export function changeOf(is: number, was: number): number | null {
  return was === 0 ? null : (is - was) / was;
}

/** Uptime with as many decimals as the nines need: 99.95 %, 99.996 %. It never rounds up to 100. */
export function uptime(value: number | null): string {
  if (value === null) return ABSENT;
  if (value === 100) return '100 %';
  const digits = value > 99.99 ? 4 : value > 99 ? 3 : 2;
  const factor = 10 ** digits;
  return `${(Math.floor(value * factor) / factor).toFixed(digits)} %`;
}

export interface BudgetVerdict {
  readonly status: Status;
  readonly words: string;
}

/** An error budget: what of the time that may be lost is left. */
export function errorBudget(budgetSeconds: number, leftSeconds: number, burning: boolean): BudgetVerdict {
  if (budgetSeconds <= 0) return { status: 'unknown', words: 'Nothing was measured yet' };
  if (leftSeconds < 0) return { status: 'down', words: `Exceeded by ${duration(-leftSeconds)}` };
  const left = percent((leftSeconds / budgetSeconds) * 100);
  if (burning) return { status: 'down', words: `${left} left, burning fast` };
  return { status: leftSeconds / budgetSeconds < 0.25 ? 'degraded' : 'healthy', words: `${left} left: ${duration(leftSeconds)}` };
}

const ZONES: Readonly<Record<'green' | 'amber' | 'red', Status>> = { green: 'healthy', amber: 'degraded', red: 'down' };

export function zoneStatus(zone: 'green' | 'amber' | 'red' | null): Status {
  return zone === null ? 'unknown' : ZONES[zone];
}

/** How the API is asked for a range. */
export function rangeQuery(choice: RangeChoice): { period: string } | { from: string; to: string } {
  if (choice.kind === 'named') return { period: choice.range.key };
  return { from: String(choice.range.from), to: String(choice.range.to) };
}

/** Dollars as a person types them, as whole micro-dollars; null where they are none. */
export function parseDollars(text: string): number | null {
  const cleaned = text.trim().replace(/^\$/, '').replaceAll(',', '');
  if (!/^\d+(\.\d{1,6})?$/.test(cleaned)) return null;
  return Math.round(Number(cleaned) * 1e6);
}
