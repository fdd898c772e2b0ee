/** Times as a field of the type `datetime-local` has them: without a zone, so the reader's choice gives it. Pure. */
import type { ZoneChoice } from './zone.svelte';

export function fieldTime(ms: number, zone: ZoneChoice): string {
  const time = new Date(ms);
  const offset = zone === 'utc' ? 0 : time.getTimezoneOffset() * 60_000;
  return new Date(ms - offset).toISOString().slice(0, 16);
}

export function parseFieldTime(text: string, zone: ZoneChoice): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return null;
  const ms = Date.parse(zone === 'utc' ? `${text}Z` : text);
  return Number.isNaN(ms) ? null : ms;
}
