/** Why heartbeats were set aside, in words. Pure. */
import type { QuarantineReason } from './api/types';

export const REASON_WORDS: Readonly<Record<QuarantineReason, string>> = {
  not_an_object: 'Not a JSON object',
  missing_instance_id: 'No instance id',
  invalid_instance_id: 'Instance id cannot be used',
  missing_timestamp: 'No timestamp',
  invalid_timestamp: 'Timestamp cannot be read',
  future_timestamp: 'From the future',
  too_old: 'Too old',
  too_deep: 'Nested too deeply',
  too_large: 'Too large',
  duplicate_key: 'A key twice in one object',
  conflict: 'Two different heartbeats for one moment',
  unstorable: 'Refused by the storage',
  quarantine_full: 'No room was left',
};

export const REASONS = Object.keys(REASON_WORDS) as QuarantineReason[];

/** Where the instance id is what was wrong, a replay may name one. */
export function takesInstanceId(reason: QuarantineReason): boolean {
  return reason === 'missing_instance_id' || reason === 'invalid_instance_id';
}

/** JSON laid out to be read; anything else as it is. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
