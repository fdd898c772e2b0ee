import { describe, expect, it } from 'vitest';
import { mergeMarkers } from '../../src/lib/markers';
import { alertEntries, alertMarkers, withAlerts } from '../../src/lib/timeline';
import { alert } from '../component/fixtures';

const over = alert({ id: 'b', severity: 'warning', state: 'resolved', firingSince: '2026-11-21T08:00:00Z', resolvedAt: '2026-11-21T08:10:00Z' });
const at = (clock: string) => Date.parse(`2026-11-21T${clock}:00Z`);

describe('what happened', () => {
  it('has alerts with their beginning, and their end where they are over', () => {
    expect(alertEntries([alert()])).toMatchObject([{ title: 'Critical alert: Memory leak', detail: 'The floor rises by 14 MB an hour', status: 'down', href: '/alerts/a1' }]);
    expect(alertEntries([over]).map(({ title, detail }) => [title, detail])).toEqual([
      ['Warning alert: Memory leak', 'The floor rises by 14 MB an hour'],
      ['Alert over: Memory leak', 'After 10 m'],
    ]);
  });

  it('says nothing of an alert that never fired', () => {
    expect(alertEntries([alert({ state: 'pending', firingSince: null })])).toEqual([]);
  });

  it('is one list, newest first, and each alert stands in one page alone', () => {
    const restart = { time: '2026-11-21T09:00:00Z', kind: 'restart' as const, detail: {} };
    const newer = withAlerts([restart], [alert(), over], at('09:00'), at('12:00'));
    const older = withAlerts([], [alert(), over], at('07:00'), at('09:00'));
    expect(newer.map(({ kind, time }) => `${kind} ${time.slice(11, 16)}`)).toEqual(['alert 10:00', 'restart 09:00']);
    expect(older.map(({ time }) => time.slice(11, 16))).toEqual(['08:10', '08:00']);
  });
});

describe('marks of alerts', () => {
  it('tell the beginning from the end by their kind, and stand among the others in the order of time', () => {
    const marks = alertMarkers([alert(), over]);
    expect(marks.map(({ kind }) => kind)).toEqual(['alert', 'resolved', 'alert']);
    const restart = { time: at('09:00') / 1000, kind: 'restart' as const, words: 'Restarted' };
    expect(mergeMarkers([restart], marks).map(({ kind }) => kind)).toEqual(['alert', 'resolved', 'restart', 'alert']);
  });
});
