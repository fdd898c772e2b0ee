import { describe, expect, it } from 'vitest';
import {
  SNOOZES,
  alertVerdict,
  alertWords,
  byServer,
  deedOf,
  gravestFirst,
  inboxQuery,
  matcherWords,
  openOf,
  openWords,
  parseMatchers,
  quietWords,
  reverseOf,
  urgentOf,
  type AlertTotals,
} from '../../src/lib/alerts';
import { KINDS, ruleSentence, runbookLink, timesOf, withTimes, type RuleKind } from '../../src/lib/rules';
import { alert } from '../component/fixtures';

const NONE = { pending: 0, firing: 0, acknowledged: 0 };
const counts = (values: Partial<AlertTotals>): AlertTotals => ({ critical: NONE, error: NONE, warning: NONE, info: NONE, ...values });

describe('alerts', () => {
  it('give a verdict, the gravest first, of what nobody has taken on', () => {
    const open = counts({ critical: { pending: 0, firing: 3, acknowledged: 1 }, warning: { pending: 4, firing: 1, acknowledged: 0 } });
    expect(alertVerdict(open)).toBe('2 critical, 1 warning: not acknowledged');
    expect(openOf(open)).toBe(3);
    expect(alertVerdict(counts({ error: { pending: 0, firing: 2, acknowledged: 2 } }))).toBe('2 alerts firing, all acknowledged');
    expect(alertVerdict(counts({}))).toBe('Nothing is firing');
  });

  it('are urgent where they are critical or errors and nobody has taken them on', () => {
    const firing = (number: number, acknowledged = 0) => ({ pending: 0, firing: number, acknowledged });
    const open = counts({ critical: firing(6, 1), error: firing(2), warning: firing(9) });
    expect(urgentOf(open)).toBe(7);
    expect(openWords(open)).toBe('5 critical, 2 error alerts');
    expect(openWords(counts({ critical: firing(1) }))).toBe('1 critical alert');
    expect(openWords(counts({ critical: firing(3, 3), warning: firing(1) }))).toBe('1 warning');
    expect(openWords(counts({ error: firing(2, 2), info: firing(4) }))).toBe('');
  });

  it('stand gravest first, then what somebody is told of, then the newest', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    const order = gravestFirst(
      [
        alert({ id: 'warning', severity: 'warning' }),
        alert({ id: 'silent', silenced: 'deploy', firingSince: '2026-11-21T11:50:00Z' }),
        alert({ id: 'old', firingSince: '2026-11-21T09:00:00Z' }),
        alert({ id: 'new', firingSince: '2026-11-21T11:00:00Z' }),
      ],
      now,
    );
    expect(order.map(({ id }) => id)).toEqual(['new', 'old', 'silent', 'warning']);
  });

  it('are found by their server, where they fire and have one', () => {
    const found = byServer(
      [alert({ id: 'a', severity: 'warning', serverId: 's' }), alert({ id: 'b', serverId: 's' }), alert({ id: 'c', serverId: null }), alert({ id: 'd', serverId: 't', state: 'resolved' })],
      0,
    );
    expect([...found.keys()]).toEqual(['s']);
    expect(found.get('s')?.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(alertWords([alert({ message: 'It leaks' })])).toBe('Critical: Memory leak. It leaks');
  });

  it('are snoozed for as long as one chose', () => {
    expect(SNOOZES.map(([seconds]) => deedOf('snooze', { snoozeSeconds: seconds }).snoozeSeconds)).toEqual([3_600, 14_400, 86_400]);
    expect(deedOf('note', { note: 'Looking' })).toEqual({ action: 'note', snoozeSeconds: 3_600, note: 'Looking' });
    expect(deedOf('acknowledge')).not.toHaveProperty('note');
  });

  it('are asked for by what a person looks for', () => {
    expect(inboxQuery('firing')).toEqual({ state: 'firing', acknowledged: false });
    expect(inboxQuery('resolved')).toEqual({ state: 'resolved' });
  });

  it('offer to undo what can be undone, and nothing else', () => {
    expect(reverseOf('acknowledge')).toBe('unacknowledge');
    expect(reverseOf('resolve')).toBeNull();
  });

  it('say why nobody is told of them', () => {
    const alert = { silenced: null, inhibited: null, platformDegraded: false, snoozedUntil: null };
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(quietWords(alert, now)).toBe('');
    expect(quietWords({ ...alert, silenced: 'deploy' }, now)).toBe('silent: deploy');
    expect(quietWords({ ...alert, snoozedUntil: '2026-11-21T13:00:00Z' }, now)).toBe('snoozed');
    expect(quietWords({ ...alert, snoozedUntil: '2026-11-21T11:00:00Z' }, now)).toBe('');
  });
});

describe('what a silence matches', () => {
  it('is read as it is written, and refused where it cannot be meant', () => {
    expect(parseMatchers('tag=eu, rule = Server*')).toEqual({ tag: 'eu', rule: 'Server*' });
    expect(parseMatchers('label.region=eu-1')).toEqual({ 'label.region': 'eu-1' });
    for (const text of ['', 'eu', 'colour=red', 'tag=']) expect(parseMatchers(text), text).toBeNull();
    expect(matcherWords({ tag: 'eu', rule: 'Server*' })).toBe('tag = eu, rule = Server*');
  });
});

describe('a rule', () => {
  const rule = (kind: RuleKind, parameters: Record<string, string> = {}) => ({ name: 'x', kind, enabled: true, parameters });

  it('is a sentence, with what is set and what is not', () => {
    expect(ruleSentence(rule('slow_route', { millis: '2000' }))).toBe('The slowest route averages more than 2000 ms in 3 heartbeats in a row');
    expect(ruleSentence({ ...rule('threshold', { field: 'memory_mb', comparison: 'at_least', value: '400' }), forSeconds: 300, selector: { tags: ['eu'] } })).toBe(
      'memory mb is at least 400, for 5 m; only servers tagged eu',
    );
    expect(ruleSentence(rule('expression', { expression: 'memory_mb > 1' }))).toBe('memory_mb > 1');
  });

  it('says how often and until when', () => {
    const often = { ...rule('backup_stale'), forSeconds: 60, least: 3, of: 5, keepFiringSeconds: 300 };
    expect(ruleSentence(often)).toBe('The newest backup is older than 168 h, for 1 m, in 3 of the last 5 evaluations, until it is over for 5 m');
  });

  it('keeps what its form says and leaves out what is empty there', () => {
    const all = { ...rule('backup_stale'), forSeconds: 90, keepFiringSeconds: 300, least: 3, of: 5, runbook: 'https://wiki.example.org/x' };
    expect(withTimes(timesOf(all))).toEqual({ forSeconds: 90, keepFiringSeconds: 300, least: 3, of: 5, runbook: 'https://wiki.example.org/x' });
    expect(withTimes({ ...timesOf(all), forMinutes: null, least: null, of: undefined, runbook: ' ' })).toEqual({ forSeconds: 0, keepFiringSeconds: 300 });
    expect(withTimes(timesOf(null))).toEqual({ forSeconds: 0, keepFiringSeconds: 0 });
  });

  it('links to a runbook that is a page, and to nothing else', () => {
    expect(runbookLink('https://wiki.example.org/x')).toBe('https://wiki.example.org/x');
    for (const text of [undefined, '', 'see the wiki', 'javascript:alert(1)', ' https://x']) expect(runbookLink(text)).toBeNull();
  });

  it('of every kind fills every gap of its sentence', () => {
    for (const kind of Object.keys(KINDS) as RuleKind[]) expect(ruleSentence(rule(kind)), kind).not.toMatch(/[{}]|^\s*$/);
  });
});
