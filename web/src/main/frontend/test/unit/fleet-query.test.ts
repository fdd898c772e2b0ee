import { describe, expect, it } from 'vitest';
import {
  DEFAULT_QUERY,
  PAGE_SIZES,
  SORT_COLUMNS,
  exportPath,
  filterWords,
  fleetSearch,
  parseFleetQuery,
  toServersQuery,
  viewQuery,
  withFilter,
  withSort,
  withStatusToggled,
  withTagToggled,
  type FleetQuery,
} from '../../src/lib/fleet-query';
import { STATUSES } from '../../src/lib/status';

describe('the URL of the fleet', () => {
  it('is empty for the default picture', () => {
    expect(fleetSearch(DEFAULT_QUERY)).toBe('');
    expect(parseFleetQuery('')).toEqual(DEFAULT_QUERY);
  });

  it('comes back as it was written, whatever was chosen', () => {
    const searches = ['', 'api prod', 'a&b=c?d#e', 'ü+%20"'];
    for (const sort of SORT_COLUMNS)
      for (const order of ['asc', 'desc'] as const)
        for (const size of PAGE_SIZES)
          for (const q of searches) {
            const query: FleetQuery = {
              status: [STATUSES[0]!, STATUSES[3]!],
              tags: ['eu', 'team:payments'],
              version: '5.2.9',
              archived: size === 25,
              layout: size === 50 ? 'heatmap' : 'table',
              q,
              sort,
              order,
              page: 3,
              size,
            };
            expect(parseFleetQuery(fleetSearch(query))).toEqual(query);
          }
  });

  it('falls back to the default where it makes no sense', () => {
    expect(parseFleetQuery('?sort=evil&order=up&page=-1&size=7&status=on,fire')).toEqual(DEFAULT_QUERY);
    expect(parseFleetQuery('?page=1.5').page).toBe(1);
    expect(parseFleetQuery('?page=999999999').page).toBe(201);
    expect(parseFleetQuery(`?q=${'x'.repeat(500)}`).q).toHaveLength(200);
  });

  it('goes back to the first page when the filter or the order changes', () => {
    const query = { ...DEFAULT_QUERY, page: 4 };
    expect(withFilter(query, { q: 'x' }).page).toBe(1);
    expect(withSort(query, 'cost').page).toBe(1);
    expect(withStatusToggled(query, 'down').page).toBe(1);
  });

  it('sorts numbers from the largest and names from A at the first click, and turns round at the second', () => {
    const byCost = withSort(DEFAULT_QUERY, 'cost');
    expect(byCost).toMatchObject({ sort: 'cost', order: 'desc' });
    expect(withSort(byCost, 'cost').order).toBe('asc');
    expect(withSort(byCost, 'name').order).toBe('asc');
  });

  it('toggles a status and keeps the worst first', () => {
    const both = withStatusToggled(withStatusToggled(DEFAULT_QUERY, 'healthy'), 'down');
    expect(both.status).toEqual(['down', 'healthy']);
    expect(withStatusToggled(both, 'down').status).toEqual(['healthy']);
  });

  it('keeps in a view all but the place in the list, and exports the same servers', () => {
    const query: FleetQuery = { ...DEFAULT_QUERY, tags: ['eu'], sort: 'memory', page: 4, size: 25 };
    expect(viewQuery(query)).toBe('tag=eu&sort=memory&order=asc');
    expect(exportPath(query, 'csv')).toBe('/api/v1/servers/export?tag=eu&sort=memory&order=asc&format=csv');
  });

  it('says in words what it filters by', () => {
    const query: FleetQuery = { ...DEFAULT_QUERY, q: 'api', status: ['down', 'degraded'], tags: ['eu'] };
    expect(filterWords(query)).toBe('“api” in name, id or version; status down or degraded; tag eu');
  });

  it('toggles a tag', () => {
    const tagged = withTagToggled(withTagToggled({ ...DEFAULT_QUERY, page: 3 }, 'eu'), 'canary');
    expect(tagged).toMatchObject({ tags: ['eu', 'canary'], page: 1 });
    expect(withTagToggled(tagged, 'eu').tags).toEqual(['canary']);
  });

  it('asks the API for the page as offset and limit', () => {
    expect(toServersQuery({ ...DEFAULT_QUERY, page: 3, size: 25, status: ['down', 'degraded'] })).toEqual({
      status: 'down,degraded',
      q: undefined,
      sort: 'status',
      order: 'asc',
      limit: 25,
      offset: 50,
    });
  });
});
