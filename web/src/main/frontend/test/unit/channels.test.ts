import { describe, expect, it } from 'vitest';
import type { Channel } from '../../src/lib/api/types';
import { changedChannel, channelForm, newChannel } from '../../src/lib/channels';

const channel = (values: Partial<Channel>): Channel => ({
  id: '1',
  name: 'On call',
  kind: 'slack',
  minSeverity: 'error',
  enabled: true,
  disabledBecause: null,
  settings: { channel: 'C1', tokenLastFour: 'wXyZ', buttons: true },
  createdAt: '2026-11-21T12:00:00Z',
  createdBy: 'ada@example.org',
  ...values,
});

describe('a channel', () => {
  it('is made of the fields of its kind alone', () => {
    const form = { ...channelForm(null), name: ' Mail ', kind: 'email' as const, to: 'a@x.org, b@x.org', token: 'left from before' };
    expect(newChannel(form)).toEqual({ name: 'Mail', kind: 'email', minSeverity: 'warning', enabled: true, settings: { to: ['a@x.org', 'b@x.org'] } });
  });

  it('is changed in what one changed, and keeps the secrets that nobody typed', () => {
    const before = channel({});
    const form = channelForm(before);
    expect([form.name, form.channel, form.token]).toEqual(['On call', 'C1', '']);
    expect(changedChannel(before, form)).toEqual({});
    expect(changedChannel(before, { ...form, name: 'Night', channel: 'C2' })).toEqual({ name: 'Night', settings: { channel: 'C2' } });
    expect(changedChannel(before, { ...form, token: 'xoxb-new', minSeverity: 'critical' })).toEqual({ minSeverity: 'critical', settings: { token: 'xoxb-new' } });
  });

  it('by webhook shows its host alone, which is not taken for its address', () => {
    const before = channel({ kind: 'webhook', settings: { url: 'https://pager.example.org', secretLastFour: 'aB12' } });
    expect(changedChannel(before, channelForm(before))).toEqual({});
    expect(changedChannel(before, { ...channelForm(before), url: 'https://new.example.org/x' })).toEqual({ settings: { url: 'https://new.example.org/x' } });
  });
});
