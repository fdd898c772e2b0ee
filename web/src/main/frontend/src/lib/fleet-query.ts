/** What the fleet page shows, as its URL says it. Defaults stay out of the URL; nonsense in it falls back to them. */
import { queryString, type ServersQuery } from './api/client';
import type { SortColumn, Status } from './api/types';
import { STATUSES } from './status';

export const SORT_COLUMNS: readonly SortColumn[] = [
  'status',
  'name',
  'version',
  'since',
  'firstSeen',
  'lastSeen',
  'uptime',
  'memory',
  'peakMemory',
  'cpu',
  'routes',
  'slowest',
  'repairs',
  'failedRepairs',
  'cost',
  'tokens',
  'calls',
  'memories',
  'backups',
  'instances',
];
export const PAGE_SIZES = [25, 50, 100, 200] as const;
/** The API answers no offset beyond this. */
const LARGEST_OFFSET = 10_000;
const LONGEST_SEARCH = 200;

export interface FleetQuery {
  readonly status: readonly Status[];
  /** All of which a server has. */
  readonly tags: readonly string[];
  /** Exactly this one; empty is any. */
  readonly version: string;
  /** Whether those are shown that were put away. */
  readonly archived: boolean;
  readonly layout: 'table' | 'heatmap';
  readonly q: string;
  readonly sort: SortColumn;
  readonly order: 'asc' | 'desc';
  /** Counted from 1. */
  readonly page: number;
  readonly size: number;
}

export const DEFAULT_QUERY: FleetQuery = {
  status: [],
  tags: [],
  version: '',
  archived: false,
  layout: 'table',
  q: '',
  sort: 'status',
  order: 'asc',
  page: 1,
  size: 50,
};

export function parseFleetQuery(search: string): FleetQuery {
  const parameters = new URLSearchParams(search);
  const wanted = (parameters.get('status') ?? '').split(',');
  const sort = SORT_COLUMNS.find((column) => column === parameters.get('sort')) ?? DEFAULT_QUERY.sort;
  const order = parameters.get('order');
  const size = PAGE_SIZES.find((choice) => String(choice) === parameters.get('size')) ?? DEFAULT_QUERY.size;
  return {
    status: STATUSES.filter((status) => wanted.includes(status)),
    tags: (parameters.get('tag') ?? '').split(',').filter((tag) => tag !== ''),
    version: (parameters.get('version') ?? '').slice(0, LONGEST_SEARCH),
    archived: parameters.get('archived') === 'true',
    layout: parameters.get('layout') === 'heatmap' ? 'heatmap' : 'table',
    q: (parameters.get('q') ?? '').slice(0, LONGEST_SEARCH),
    sort,
    order: order === 'asc' || order === 'desc' ? order : naturalOrder(sort),
    page: parsePage(parameters.get('page'), size),
    size,
  };
}

export function fleetSearch(query: FleetQuery): string {
  const parameters = new URLSearchParams();
  if (query.status.length > 0) parameters.set('status', query.status.join(','));
  if (query.tags.length > 0) parameters.set('tag', query.tags.join(','));
  if (query.version !== '') parameters.set('version', query.version);
  if (query.q !== '') parameters.set('q', query.q);
  if (query.archived) parameters.set('archived', 'true');
  if (query.layout !== 'table') parameters.set('layout', query.layout);
  if (query.sort !== DEFAULT_QUERY.sort) parameters.set('sort', query.sort);
  if (query.order !== naturalOrder(query.sort)) parameters.set('order', query.order);
  if (query.page !== 1) parameters.set('page', String(query.page));
  if (query.size !== DEFAULT_QUERY.size) parameters.set('size', String(query.size));
  const text = parameters.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

export function toServersQuery(query: FleetQuery): ServersQuery {
  return {
    status: query.status.join(',') || undefined,
    tag: query.tags.join(',') || undefined,
    version: query.version || undefined,
    q: query.q || undefined,
    archived: query.archived ? 'true' : undefined,
    sort: query.sort,
    order: query.order,
    limit: query.size,
    offset: (query.page - 1) * query.size,
  };
}

/** Another filter or order starts on the first page again. */
export function withFilter(query: FleetQuery, change: Partial<Pick<FleetQuery, 'status' | 'tags' | 'version' | 'archived' | 'q' | 'size'>>): FleetQuery {
  return { ...query, ...change, page: 1 };
}

/** A first click sorts the way people look for: names from A, numbers from the largest. A second one turns it round. */
export function withSort(query: FleetQuery, sort: SortColumn): FleetQuery {
  const order = query.sort !== sort ? naturalOrder(sort) : query.order === 'asc' ? 'desc' : 'asc';
  return { ...query, sort, order, page: 1 };
}

export function withStatusToggled(query: FleetQuery, status: Status): FleetQuery {
  const on = query.status.includes(status);
  const status_ = STATUSES.filter((each) => (each === status ? !on : query.status.includes(each)));
  return withFilter(query, { status: status_ });
}

export function isFiltered(query: FleetQuery): boolean {
  return query.status.length > 0 || query.q !== '' || query.tags.length > 0 || query.version !== '';
}

/** The filter in words, as in `“eu” in name, id or version; status down`. */
export function filterWords(query: FleetQuery): string {
  const words: string[] = [];
  if (query.q !== '') words.push(`“${query.q}” in name, id or version`);
  if (query.status.length > 0) words.push(`status ${query.status.join(' or ')}`);
  if (query.tags.length > 0) words.push(query.tags.length === 1 ? `tag ${query.tags[0]}` : `tags ${query.tags.join(' and ')}`);
  if (query.version !== '') words.push(`version ${query.version}`);
  return words.join('; ');
}

export function withTagToggled(query: FleetQuery, tag: string): FleetQuery {
  const tags = query.tags.includes(tag) ? query.tags.filter((each) => each !== tag) : [...query.tags, tag];
  return withFilter(query, { tags });
}

/** What a saved view keeps: all but where one is in the list. */
export function viewQuery(query: FleetQuery): string {
  return fleetSearch({ ...query, page: 1, size: DEFAULT_QUERY.size }).replace(/^\?/, '');
}

/** The file with the same servers in the same order. */
export function exportPath(query: FleetQuery, format: 'csv' | 'json'): string {
  const { limit: _limit, offset: _offset, ...filter } = toServersQuery(query);
  return `/api/v1/servers/export${queryString({ ...filter, format })}`;
}

export function naturalOrder(sort: SortColumn): 'asc' | 'desc' {
  return sort === 'status' || sort === 'name' ? 'asc' : 'desc';
}

function parsePage(text: string | null, size: number): number {
  const page = Number(text);
  if (!Number.isInteger(page) || page < 1) return 1;
  return Math.min(page, Math.floor(LARGEST_OFFSET / size) + 1);
}
