import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/lib/api/client';
import { Names } from '../../src/lib/names.svelte';

describe('names of servers', () => {
  it('are their ids until they are known, and are asked for once', async () => {
    const asked: string[] = [];
    const names = new Names(async (id) => {
      asked.push(id);
      return { id, name: id === 'wlv_2' ? null : `name of ${id}` };
    });
    names.learn([{ id: 'wlv_0', name: 'seen' }]);
    expect([names.of('wlv_0'), names.of('wlv_1')]).toEqual(['seen', 'wlv_1']);
    await Promise.all([names.resolve(['wlv_0', 'wlv_1', 'wlv_2']), names.resolve(['wlv_1'])]);
    await names.resolve(['wlv_1', 'wlv_2']);
    expect(asked).toEqual(['wlv_1', 'wlv_2']);
    expect([names.of('wlv_1'), names.of('wlv_2')]).toEqual(['name of wlv_1', 'wlv_2']);
  });

  it('are asked for again after a failure, but not of a server that is not there', async () => {
    const asked: string[] = [];
    const names = new Names(async (id) => {
      asked.push(id);
      throw id === 'gone' ? new ApiError('missing', 'no such server', 404) : new ApiError('busy', 'later');
    });
    await names.resolve(['gone', 'here']);
    await names.resolve(['gone', 'here']);
    expect(asked).toEqual(['gone', 'here', 'here']);
    expect(names.of('gone')).toBe('gone');
  });

  it('are forgotten with the session', () => {
    const names = new Names(() => Promise.reject(new Error('not asked')));
    names.learn([{ id: 'wlv_1', name: 'theirs' }]);
    names.forget();
    expect(names.of('wlv_1')).toBe('wlv_1');
  });
});
