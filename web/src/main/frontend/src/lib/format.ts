/**
 * Numbers, money and times as people read them. Pure: the current time is an argument.
 *
 * An absent number is an en dash, never zero.
 */
import { STATUSES, totalOf } from './status';
import type { StatusCounts } from './api/types';

export const ABSENT = '–';

type Maybe = number | null | undefined;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const cents = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 4 });

export function count(value: Maybe): string {
  return value == null ? ABSENT : whole.format(value);
}

export function compactCount(value: Maybe): string {
  return value == null ? ABSENT : compact.format(value);
}

export function megabytes(value: Maybe): string {
  return value == null ? ABSENT : `${whole.format(value)} MB`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });

/** Bytes in powers of ten, three digits: `4.32 GB`. */
export function bytes(value: Maybe): string {
  if (value == null) return ABSENT;
  let unit = 0;
  let scaled = value;
  // What would round up to a thousand is one of the next unit.
  while (scaled >= 999.5 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1_000;
    unit += 1;
  }
  return `${threeDigits.format(scaled)} ${BYTE_UNITS[unit]}`;
}

export function percent(value: Maybe): string {
  return value == null ? ABSENT : `${oneDecimal.format(value)} %`;
}

export function milliseconds(value: Maybe): string {
  if (value == null) return ABSENT;
  return value < 10 ? `${oneDecimal.format(value)} ms` : `${whole.format(value)} ms`;
}

/** Micro-dollars: two decimals from one dollar, else four significant digits. */
export function money(micros: Maybe): string {
  if (micros == null) return ABSENT;
  const value = micros / 1e6;
  if (value === 0) return '$0';
  // What would round up to a dollar is shown as one.
  return Math.abs(value) >= 0.99995 ? dollars.format(value) : cents.format(value);
}

/** A length of time in its two largest units: `3 d 4 h`, `12 m 5 s`. */
export function duration(seconds: Maybe): string {
  if (seconds == null) return ABSENT;
  const total = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'm'],
    [total % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/**
 * `clock 3.2 s ahead` of ours; empty where it is within a second, as clocks are, or not known.
 *
 * @param skewMs our clock less the server's
 */
export function clockOff(skewMs: Maybe): string {
  if (skewMs == null || Math.abs(skewMs) < 1000) return '';
  const seconds = Math.abs(skewMs) / 1000;
  const length = seconds < 60 ? `${oneDecimal.format(seconds)} s` : duration(seconds);
  return `clock ${length} ${skewMs < 0 ? 'ahead' : 'behind'}`;
}

/** `12 s ago`, `in 3 m`: one unit, and `just now` below two seconds, where two clocks disagree anyway. */
export function relative(iso: string, now: number): string {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return ABSENT;
  if (Math.abs(seconds) < 2) return 'just now';
  const length = oneUnit(Math.abs(seconds));
  return seconds > 0 ? `${length} ago` : `in ${length}`;
}

/** The exact time with its zone, for a tooltip. @param zone as `UTC`; absent is the reader's own */
export function exact(iso: string, zone?: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return ABSENT;
  return time.toLocaleString('en-GB', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    timeZone: zone,
  });
}

/** `21 Nov, 14:05`: for a column of times. */
export function stamp(iso: string, zone?: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return ABSENT;
  return time.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone });
}

/** `1 key`, `3 keys`. */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${whole.format(amount)} ${amount === 1 ? one : many}`;
}

/** The fleet in one line: `3 down, 12 degraded, 35 healthy`. */
export function verdict(counts: StatusCounts): string {
  const total = totalOf(counts);
  if (total === 0) return 'No servers yet';
  if (counts.healthy === total) return total === 1 ? 'The one server is healthy' : `All ${whole.format(total)} servers are healthy`;
  return STATUSES.filter((status) => counts[status] > 0)
    .map((status) => `${whole.format(counts[status])} ${status}`)
    .join(', ');
}

/** With a capital letter at its beginning. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `api-prod`, or its id where the server sent no name. */
export function serverName(server: { id: string; name: string | null }): string {
  return server.name?.trim() || server.id;
}

/** Part of 100, within 0 and 100, for a meter; null where there is nothing to measure. */
export function share(value: Maybe, of: Maybe): number | null {
  if (value == null || of == null || of <= 0) return null;
  return Math.min(100, Math.max(0, (value / of) * 100));
}

function oneUnit(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
