/** The audit log in words, and a filter over what was read of it. Pure. */
import type { AuditRecord } from './api/types';

const VERBS: Readonly<Record<string, string>> = {
  'key.create': 'made the key',
  'key.revoke': 'revoked the key',
  'key.rotate': 'rotated the key',
  'key.split': 'split the key',
  'enrolment.token': 'made the enrolment URL',
  'enrolment.window.open': 'opened the pairing window',
  'enrolment.window.close': 'closed the pairing window',
  'enrolment.approve': 'let in',
  'enrolment.reject': 'sent away',
  'enrolment.key': 'got the key',
  'enrolment.again': 'got another key',
  'quarantine.replay': 'replayed',
  'quarantine.delete': 'dropped',
  'user.invite': 'invited',
  'user.uninvite': 'took back the invitation of',
  'user.join': 'joined as',
  'user.role': 'changed the role of',
  'user.disable': 'disabled',
  'user.enable': 'enabled',
  'user.log_out': 'logged out',
  'password.link': 'made a password link for',
  'password.set': 'set the password of',
  'password.change': 'changed the password of',
  'session.begin': 'logged in',
  'session.refuse': 'was refused at login',
  'session.end': 'ended the session',
  'organisation.create': 'made the organisation',
};

export function actionWords(action: string): string {
  return VERBS[action] ?? action.replaceAll('.', ' ').replaceAll('_', ' ');
}

/** `user:ann@example.org` is `ann@example.org`; keys keep their prefix, which says what they are. */
export function subjectWords(subject: string): string {
  return subject.startsWith('user:') ? subject.slice('user:'.length) : subject.replace(/^key:/, 'key ');
}

export function detailWords(detail: Readonly<Record<string, string>>): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** What kinds of action there are: the part before the first dot. */
export function areaOf(action: string): string {
  return action.split('.')[0] ?? action;
}

export function auditMatches(record: AuditRecord, area: string, text: string): boolean {
  if (area !== '' && areaOf(record.action) !== area) return false;
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const all = `${record.subject} ${record.action} ${actionWords(record.action)} ${record.target} ${detailWords(record.detail)}`;
  return all.toLowerCase().includes(wanted);
}
