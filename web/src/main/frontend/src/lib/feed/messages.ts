/** The live feed's messages, version 2. What cannot be read is null: the reader then treats it as a gap. */

export interface Filter {
  /** Absent means the whole fleet. */
  readonly servers?: readonly string[];
}

export type Sent =
  | { op: 'sub'; id: number; topic: 'fleet'; filter?: Filter }
  | { op: 'unsub'; id: number }
  | { op: 'ping' };

export interface Update {
  readonly k: string;
  readonly p: Record<string, unknown>;
}

export interface SnapshotPart {
  op: 'snap';
  id: number;
  part: number;
  last: boolean;
  seq: number;
  u: Update[];
}

export interface Delta {
  op: 'd';
  id: number;
  seq: number;
  u: Update[];
  x: string[];
}

export type Received =
  | { op: 'hello'; serverTime: number | null }
  | SnapshotPart
  | Delta
  | { op: 'resync'; id: number | null }
  | { op: 'bye'; retryIn: number }
  | { op: 'error'; id: number | null; message: string }
  | { op: 'other' };

export function parseMessage(text: string): Received | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  switch (value['op']) {
    case 'hello':
      return { op: 'hello', serverTime: asNumber(value['serverTime']) };
    case 'snap':
      return parseSnapshot(value);
    case 'd':
      return parseDelta(value);
    case 'resync':
      return { op: 'resync', id: asNumber(value['id']) };
    case 'bye':
      return { op: 'bye', retryIn: Math.max(0, asNumber(value['retryIn']) ?? 0) };
    case 'error':
      return { op: 'error', id: asNumber(value['id']), message: String(value['message'] ?? '') };
    default:
      return { op: 'other' };
  }
}

function parseSnapshot(value: Record<string, unknown>): SnapshotPart | null {
  const id = asNumber(value['id']);
  const part = asNumber(value['part']);
  const seq = asNumber(value['seq']);
  const u = parseUpdates(value['u']);
  if (id === null || part === null || seq === null || u === null) return null;
  return { op: 'snap', id, part, last: value['last'] === true, seq, u };
}

function parseDelta(value: Record<string, unknown>): Delta | null {
  const id = asNumber(value['id']);
  const seq = asNumber(value['seq']);
  const u = parseUpdates(value['u']);
  const x = value['x'] ?? [];
  if (id === null || seq === null || u === null) return null;
  if (!Array.isArray(x) || !x.every((each) => typeof each === 'string')) return null;
  return { op: 'd', id, seq, u, x };
}

function parseUpdates(value: unknown): Update[] | null {
  const list = value ?? [];
  if (!Array.isArray(list)) return null;
  const sound = list.every((each) => isRecord(each) && typeof each['k'] === 'string' && isRecord(each['p']));
  return sound ? (list as Update[]) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
