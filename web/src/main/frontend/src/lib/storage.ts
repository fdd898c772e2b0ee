/** What is stored, in the words of the storage line. Pure. */
import type { Storage } from './api/types';
import { bytes, count } from './format';

/** Full sooner than this is worth a warning: days. */
const SOON = 14;

export function isPressing(storage: Storage): boolean {
  return storage.fullInDays !== null && storage.fullInDays <= SOON;
}

export function storageWords(storage: Storage): string[] {
  const stored = storage.rawBytes + storage.usageBytes + storage.otherBytes;
  const layout = storage.layout === 'timescale' ? 'TimescaleDB' : 'PostgreSQL';
  const words = [`${bytes(stored)} in ${layout}${storage.columnstore ? ', compressed' : ''}`];
  words.push(storage.bytesPerDay === null ? 'too early to tell a rate' : `${bytes(storage.bytesPerDay)} a day`);
  if (storage.freeBytes !== null) words.push(`${bytes(storage.freeBytes)} free`);
  words.push(...outlook(storage));
  return words;
}

function outlook({ outlook, fullInDays, bytesAtRetention, usageKeptDays }: Storage): string[] {
  if (outlook === 'fills' && fullInDays !== null) return [`full in ${count(fullInDays)} ${fullInDays === 1 ? 'day' : 'days'}`];
  if (bytesAtRetention === null) return [];
  const kept = `${bytes(bytesAtRetention)} once ${count(usageKeptDays)} days are kept`;
  return [outlook === 'fits' ? `fits: ${kept}` : kept];
}
