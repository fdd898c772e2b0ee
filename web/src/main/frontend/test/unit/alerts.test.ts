import { describe, expect, it } from 'vitest';
import { alertVerdict, inboxQuery, matcherWords, openOf, parseMatchers, quietWords, reverseOf, type AlertTotals } from '../../src/lib/alerts';
import { KINDS, ruleSentence, type RuleKind } from '../../src/lib/rules';

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

  it('of every kind fills every gap of its sentence', () => {
    for (const kind of Object.keys(KINDS) as RuleKind[]) expect(ruleSentence(rule(kind)), kind).not.toMatch(/[{}]|^\s*$/);
  });
});
