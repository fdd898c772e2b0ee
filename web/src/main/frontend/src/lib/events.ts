/** What happened to a server, in words. Pure. */
import type { EventKind, HeartbeatPoint, ServerEvent, Status } from './api/types';
import { duration, megabytes, money, percent, plural, sentence } from './format';
import { summarise } from './series';
import { STATUS_WORDS, STATUSES } from './status';

export const EVENT_KINDS: readonly (readonly [EventKind, string])[] = [
  ['status', 'Status'],
  ['restart', 'Restarts'],
  ['version', 'Versions'],
  ['repair', 'Repairs'],
  ['backup', 'Backups'],
  ['gap', 'Gaps'],
  ['adjustment', 'Corrections'],
];

/** Kinds that charts are marked with. */
export const MARKED: readonly EventKind[] = ['restart', 'repair', 'version'];

export interface EventWords {
  readonly title: string;
  readonly detail: string;
  /** How grave it is, as a status; null where it is a mere fact. */
  readonly status: Status | null;
}

export function eventWords(event: ServerEvent): EventWords {
  const { detail } = event;
  const text = (name: string) => (typeof detail[name] === 'string' ? (detail[name] as string) : '');
  const number = (name: string) => (typeof detail[name] === 'number' ? (detail[name] as number) : null);
  switch (event.kind) {
    case 'status': {
      const status = STATUSES.find((each) => each === text('status')) ?? 'unknown';
      return { title: STATUS_WORDS[status], detail: sentence(text('reason').replaceAll('_', ' ')), status };
    }
    case 'restart': {
      const lived = number('lifetimeSeconds');
      const memory = number('memoryBeforeMb');
      const parts = [text('cause'), lived === null ? '' : `after ${duration(lived)}`, memory === null ? '' : `with ${megabytes(memory)}`];
      return { title: text('process') === 'child' ? 'The app restarted' : 'Restarted', detail: join(parts), status: 'degraded' };
    }
    case 'version':
      return { title: `Version ${text('to') || 'unknown'}`, detail: text('from') ? `from ${text('from')}` : '', status: null };
    case 'repair': {
      const failures = number('failures') ?? 0;
      const all = number('repairs') ?? 0;
      const cost = number('costMicros');
      const parts = [text('error'), text('resolution'), text('model'), cost === null ? '' : money(cost)];
      const title = failures === 0 ? `${plural(all, 'repair')} succeeded` : failures === all ? `${plural(all, 'repair')} failed` : `${failures} of ${plural(all, 'repair')} failed`;
      return { title, detail: join(parts), status: failures > 0 ? 'degraded' : 'healthy' };
    }
    case 'backup':
      return {
        title: `${plural(number('total') ?? 0, 'backup')}`,
        detail: join([number('totalBefore') === null ? '' : `${number('totalBefore')} before`, number('unstable') ? `${number('unstable')} unstable` : '']),
        status: null,
      };
    case 'adjustment':
      return { title: 'Counters were corrected', detail: join([text('adjustment'), text('series')]), status: null };
    case 'gap': {
      const seconds = number('seconds');
      const away = detail['platformAway'] === true;
      return {
        title: `No heartbeats for ${duration(seconds)}`,
        detail: away ? 'The platform itself was away' : '',
        status: away ? 'unknown' : 'degraded',
      };
    }
  }
}

function join(parts: readonly string[]): string {
  return sentence(parts.filter((part) => part !== '').join(', '));
}

export interface Change {
  readonly words: string;
  /** How much it stands out; the most first. */
  readonly weight: number;
}

/** Less than this part of the value before is noise. */
const NOISE = 0.1;

const COUNTED: readonly (readonly [EventKind, string, string])[] = [
  ['restart', 'restart', 'restarts'],
  ['repair', 'repair', 'repairs'],
  ['gap', 'gap in the heartbeats', 'gaps in the heartbeats'],
];

/** One event of repairs may tell of several. */
function countOf(events: readonly ServerEvent[], kind: EventKind): number {
  return events
    .filter((event) => event.kind === kind)
    .reduce((sum, { detail }) => sum + (kind === 'repair' && typeof detail['repairs'] === 'number' ? detail['repairs'] : 1), 0);
}

/** What is other in a stretch of time than in the one as long before it, the most striking first. */
export function whatChanged(
  now: readonly HeartbeatPoint[],
  before: readonly HeartbeatPoint[],
  events: readonly ServerEvent[],
  eventsBefore: readonly ServerEvent[],
): Change[] {
  const changes: Change[] = [];
  for (const [of, name, format] of [
    ['memoryMb', 'Memory', megabytes],
    ['cpuPercent', 'CPU', percent],
  ] as const) {
    const [is, was] = [summarise(now, of), summarise(before, of)];
    if (!is || !was || was.average === 0) continue;
    const part = (is.average - was.average) / was.average;
    if (Math.abs(part) < NOISE) continue;
    changes.push({
      words: `${name} averaged ${format(is.average)}, ${percent(Math.abs(part) * 100)} ${part > 0 ? 'more' : 'less'} than the ${format(was.average)} before`,
      weight: Math.abs(part),
    });
  }
  for (const event of events) {
    if (event.kind === 'version') changes.push({ words: `${eventWords(event).title} ${eventWords(event).detail}`.trim(), weight: 5 });
    if (event.kind === 'status' && event.detail['status'] !== 'healthy') {
      const words = eventWords(event);
      changes.push({ words: `${words.title}: ${words.detail}`, weight: event.detail['status'] === 'down' ? 10 : 4 });
    }
  }
  for (const [kind, one, many] of COUNTED) {
    const [is, was] = [countOf(events, kind), countOf(eventsBefore, kind)];
    if (is === was) continue;
    changes.push({ words: `${is === 0 ? `No ${many}` : plural(is, one, many)}, ${was === 0 ? 'none' : was} before`, weight: is > was ? 2 + is - was : 0.5 });
  }
  const seen = new Set<string>();
  return changes.filter(({ words }) => !seen.has(words) && seen.add(words)).sort((one, other) => other.weight - one.weight);
}
