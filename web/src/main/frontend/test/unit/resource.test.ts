import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/lib/api/client';
import { Pages } from '../../src/lib/pages.svelte';
import { Resource } from '../../src/lib/resource.svelte';

describe('an answer of the API', () => {
  it('stays on the screen when a later question fails, with what failed', async () => {
    let fails = false;
    const resource = new Resource(async () => {
      if (fails) throw new ApiError('busy', 'The database is away.');
      return 7;
    });
    await resource.load();
    fails = true;
    await resource.load();
    expect([resource.data, resource.error, resource.busy]).toEqual([7, 'The database is away.', false]);
    fails = false;
    await resource.load();
    expect(resource.error).toBeNull();
  });

  it('is that to the latest question, whichever comes last', async () => {
    const waiting: ((value: number) => void)[] = [];
    const resource = new Resource(() => new Promise<number>((resolve) => waiting.push(resolve)));
    const first = resource.load();
    const second = resource.load();
    waiting[1]!(2);
    await second;
    waiting[0]!(1);
    await first;
    expect(resource.data).toBe(2);
  });
});

describe('a list in pages', () => {
  it('grows by what is asked for, and begins anew on demand', async () => {
    const pages = new Pages<number>(async (cursor) =>
      cursor === null ? { rows: [1, 2], next: 'b' } : { rows: [3], next: null },
    );
    await pages.restart();
    await pages.more();
    expect([pages.rows, pages.next]).toEqual([[1, 2, 3], null]);
    await pages.more();
    expect(pages.rows).toEqual([1, 2, 3]);
    await pages.restart();
    expect(pages.rows).toEqual([1, 2]);
  });

  it('keeps its rows when the next page fails', async () => {
    const pages = new Pages<number>(async (cursor) => {
      if (cursor !== null) throw new ApiError('offline', 'Away.');
      return { rows: [1], next: 'b' };
    });
    await pages.restart();
    await pages.more();
    expect([pages.rows, pages.error]).toEqual([[1], 'Away.']);
  });
});
