/** From the API's buckets to the columns that a chart draws. Pure. */
import type { HeartbeatPoint, Interval } from './api/types';

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface NamedRange {
  readonly key: string;
  readonly label: string;
  readonly words: string;
  readonly ms: number;
}

const HOUR = 3_600_000;

export const RANGES: readonly NamedRange[] = [
  { key: 'live', label: 'Live', words: 'the last 15 minutes', ms: HOUR / 4 },
  { key: '1h', label: '1 h', words: 'the last hour', ms: HOUR },
  { key: '6h', label: '6 h', words: 'the last 6 hours', ms: 6 * HOUR },
  { key: '24h', label: '24 h', words: 'the last 24 hours', ms: 24 * HOUR },
  { key: '7d', label: '7 d', words: 'the last 7 days', ms: 168 * HOUR },
  { key: '30d', label: '30 d', words: 'the last 30 days', ms: 720 * HOUR },
];
const DEFAULT_RANGE = '6h';

/** Shortest range that a zoom may reach: a minute's bucket must fit some times. */
const SHORTEST_MS = 10 * 60_000;
const LONGEST_MS = 366 * 24 * HOUR;
const MOST_POINTS = 1_000;
const INTERVALS: readonly [Interval, number][] = [
  ['1m', 60_000],
  ['5m', 300_000],
  ['15m', 900_000],
  ['1h', HOUR],
  ['6h', 6 * HOUR],
  ['1d', 24 * HOUR],
];

export type RangeChoice = { kind: 'named'; range: NamedRange } | { kind: 'custom'; range: Range };

/** @param fallback key of the range where the URL names none */
export function parseRange(search: string, fallback = DEFAULT_RANGE): RangeChoice {
  const parameters = new URLSearchParams(search);
  const from = Number(parameters.get('from') ?? Number.NaN);
  const to = Number(parameters.get('to') ?? Number.NaN);
  if (from > 0 && to - from >= SHORTEST_MS && to - from <= LONGEST_MS) return { kind: 'custom', range: { from, to } };
  const key = parameters.get('range') ?? fallback;
  const named = RANGES.find((range) => range.key === key) ?? RANGES.find((range) => range.key === fallback);
  if (!named) throw new Error('RANGES lacks the default');
  return { kind: 'named', range: named };
}

/** The search with another range, and whatever else was in it. */
export function rangeSearch(key: string, search = '', fallback = DEFAULT_RANGE): string {
  const parameters = withoutRange(search);
  if (key !== fallback) parameters.set('range', key);
  return toSearch(parameters);
}

/** The search of a range that was drawn on a chart, made long enough to show something. */
export function customSearch(range: Range, search = ''): string {
  const middle = (range.from + range.to) / 2;
  const half = Math.max(range.to - range.from, SHORTEST_MS) / 2;
  const parameters = withoutRange(search);
  parameters.set('from', String(Math.floor(middle - half)));
  parameters.set('to', String(Math.ceil(middle + half)));
  return toSearch(parameters);
}

/** From when to when, as of now. */
export function boundsOf(choice: RangeChoice, now: number): Range {
  return choice.kind === 'custom' ? choice.range : { from: now - choice.range.ms, to: now };
}

function withoutRange(search: string): URLSearchParams {
  const parameters = new URLSearchParams(search);
  for (const name of ['range', 'from', 'to']) parameters.delete(name);
  return parameters;
}

function toSearch(parameters: URLSearchParams): string {
  const text = parameters.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

/** The finest interval that makes at most 1,000 points; a heartbeat comes once a minute, finer shows nothing more. */
export function intervalFor(rangeMs: number): Interval {
  return (INTERVALS.find(([, ms]) => rangeMs / ms < MOST_POINTS) ?? (['1d'] as const))[0];
}

export interface LiveBeat {
  readonly time: number;
  readonly memoryMb: number | null;
  readonly cpuPercent: number | null;
}

export interface Columns {
  /** Seconds since the epoch. */
  readonly time: number[];
  readonly memory: { min: (number | null)[]; avg: (number | null)[]; max: (number | null)[] };
  readonly cpu: { avg: (number | null)[]; max: (number | null)[] };
}

/**
 * History, and what came live after it. Where heartbeats are missing for longer than some buckets a row of nulls
 * breaks the line: a gap must look like a gap.
 */
export function toColumns(points: readonly HeartbeatPoint[], intervalSeconds: number, live: readonly LiveBeat[]): Columns {
  const columns: Columns = { time: [], memory: { min: [], avg: [], max: [] }, cpu: { avg: [], max: [] } };
  const longest = 2.5 * Math.max(intervalSeconds, 60);
  const push = (time: number, memory: Triple, cpu: Pair) => {
    const last = columns.time.at(-1);
    if (last !== undefined && time <= last) return;
    if (last !== undefined && time - last > longest) append(columns, last + longest / 2, EMPTY, EMPTY_PAIR);
    append(columns, time, memory, cpu);
  };
  for (const point of points) {
    const { memoryMb, cpuPercent } = point;
    push(
      Date.parse(point.time) / 1000,
      memoryMb ? [memoryMb.min, memoryMb.avg, memoryMb.max] : EMPTY,
      cpuPercent ? [cpuPercent.avg, cpuPercent.max] : EMPTY_PAIR,
    );
  }
  for (const beat of live) {
    const { memoryMb, cpuPercent } = beat;
    push(beat.time / 1000, [memoryMb, memoryMb, memoryMb], [cpuPercent, cpuPercent]);
  }
  return columns;
}

export interface Summary {
  readonly least: number;
  readonly average: number;
  readonly most: number;
}

/** Of the values that are there; the average is weighted by the heartbeats of each bucket. */
export function summarise(points: readonly HeartbeatPoint[], of: 'memoryMb' | 'cpuPercent'): Summary | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let beats = 0;
  for (const point of points) {
    const value = point[of];
    if (!value) continue;
    least = Math.min(least, value.min);
    most = Math.max(most, value.max);
    sum += value.avg * point.beats;
    beats += point.beats;
  }
  return beats === 0 ? null : { least, average: sum / beats, most };
}

type Triple = readonly [number | null, number | null, number | null];
type Pair = readonly [number | null, number | null];
const EMPTY: Triple = [null, null, null];
const EMPTY_PAIR: Pair = [null, null];

function append(columns: Columns, time: number, memory: Triple, cpu: Pair): void {
  columns.time.push(time);
  columns.memory.min.push(memory[0]);
  columns.memory.avg.push(memory[1]);
  columns.memory.max.push(memory[2]);
  columns.cpu.avg.push(cpu[0]);
  columns.cpu.max.push(cpu[1]);
}
