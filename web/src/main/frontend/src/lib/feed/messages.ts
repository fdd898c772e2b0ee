/** The live feed's messages, version 2. What cannot be read is null: the reader then treats it as a gap. */

export type Kind = 'state' | 'alert' | 'repair' | 'audit';

/** A part of the fleet, sorted by the server. */
export interface Window {
  readonly sort?: string;
  readonly order?: 'asc' | 'desc';
  readonly offset?: number;
  readonly limit?: number;
}

/** What a subscription shows. */
export interface Filter {
  /** Absent means the whole fleet. */
  readonly servers?: readonly string[];
  /** All of which a server has to have. */
  readonly tags?: readonly string[];
  /** Absent means all that the user may see. */
  readonly kinds?: readonly Kind[];
  /** Not together with `servers`. */
  readonly window?: Window;
}

/** Where a reader stopped: numbers of events mean something within an epoch alone. */
export interface Place {
  readonly epoch: string;
  readonly seq: number;
}

/** Something that happened. */
export interface FeedEvent {
  readonly seq: number;
  readonly kind: Exclude<Kind, 'state'>;
  /** The server that it is about; null: no single one. */
  readonly server: string | null;
  readonly at: string;
  readonly data: Record<string, unknown>;
}

export type Sent =
  | {
      op: 'sub';
      id: number;
      topic: 'fleet';
      filter?: Omit<Filter, 'window'>;
      window?: Window;
      resume?: Place;
    }
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
  /** With the last part of a window: of how many servers it is a part. */
  total: number | null;
}

export interface Delta {
  op: 'd';
  id: number;
  seq: number;
  u: Update[];
  x: string[];
  /** The keys of a window in their order, where that changed. */
  o: string[] | null;
  total: number | null;
  e: FeedEvent[];
  /** Number of the last event that is here, or not wanted. */
  es: number | null;
}

export type Received =
  | { op: 'hello'; serverTime: number | null }
  /** `recovered` is null where nobody asked to resume. */
  | { op: 'ok'; id: number; epoch: string; seq: number; recovered: boolean | null }
  | SnapshotPart
  | Delta
  | { op: 'resync'; id: number; eventsLost: boolean; epoch: string; es: number }
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
    case 'ok':
      return parseOk(value);
    case 'resync':
      return parseResync(value);
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
  return { op: 'snap', id, part, last: value['last'] === true, seq, u, total: asNumber(value['total']) };
}

function parseOk(value: Record<string, unknown>): Received | null {
  const id = asNumber(value['id']);
  const seq = asNumber(value['seq']);
  const epoch = value['epoch'];
  if (id === null || seq === null || typeof epoch !== 'string') return null;
  const recovered = value['recovered'];
  return { op: 'ok', id, epoch, seq, recovered: typeof recovered === 'boolean' ? recovered : null };
}

function parseResync(value: Record<string, unknown>): Received | null {
  const id = asNumber(value['id']);
  const es = asNumber(value['es']);
  const epoch = value['epoch'];
  if (id === null || es === null || typeof epoch !== 'string') return null;
  return { op: 'resync', id, eventsLost: value['eventsLost'] === true, epoch, es };
}

function parseDelta(value: Record<string, unknown>): Delta | null {
  const id = asNumber(value['id']);
  const seq = asNumber(value['seq']);
  const u = parseUpdates(value['u']);
  const x = asStrings(value['x'] ?? []);
  const o = value['o'] === undefined ? null : asStrings(value['o']);
  const e = parseEvents(value['e']);
  if (id === null || seq === null || u === null || x === null || e === null) return null;
  if (value['o'] !== undefined && o === null) return null;
  return { op: 'd', id, seq, u, x, o, total: asNumber(value['total']), e, es: asNumber(value['es']) };
}

function parseEvents(value: unknown): FeedEvent[] | null {
  const list = value ?? [];
  if (!Array.isArray(list)) return null;
  const sound = list.every(
    (each) =>
      isRecord(each) && asNumber(each['seq']) !== null && typeof each['kind'] === 'string' && isRecord(each['data']),
  );
  return sound ? (list as FeedEvent[]) : null;
}

function asStrings(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : null;
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
