import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/lib/api/types';
import { agentWords } from '../../src/lib/agent';
import { actionWords, auditMatches, subjectWords } from '../../src/lib/audit';
import { splitProblem } from '../../src/lib/form.svelte';
import { keyState } from '../../src/lib/keys';
import { readable, takesInstanceId } from '../../src/lib/quarantine';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('a key', () => {
  const state = (expiresAt: string | null, revokedAt: string | null = null) => keyState({ expiresAt, revokedAt }, NOW);

  it('is live until it ends, and warns a week before', () => {
    expect(state(null)).toBe('live');
    expect(state('2026-12-21T12:00:00Z')).toBe('live');
    expect(state('2026-11-25T12:00:00Z')).toBe('ending');
    expect(state('2026-11-21T12:00:00Z')).toBe('expired');
  });

  it('is revoked whatever else it is', () => {
    expect(state('2026-11-01T12:00:00Z', '2026-10-01T12:00:00Z')).toBe('revoked');
  });
});

describe('the audit log', () => {
  const record: AuditRecord = {
    sequence: 7,
    at: '2026-11-21T12:00:00.000Z',
    subject: 'user:ann@example.org',
    action: 'key.create',
    target: 'A1b2C3',
    detail: { name: 'Instances', role: 'ingest' },
    previousHash: '',
    hash: '',
  };

  it('speaks in words, also of what is newer than this page', () => {
    expect(actionWords('key.create')).toBe('made the key');
    expect(actionWords('moon.land_on')).toBe('moon land on');
    expect(subjectWords('user:ann@example.org')).toBe('ann@example.org');
    expect(subjectWords('key:A1')).toBe('key A1');
  });

  it('is found by who, what, to what and the detail, in any case', () => {
    for (const text of ['ANN', 'made the', 'a1b2', 'instances', '']) expect(auditMatches(record, '', text), text).toBe(true);
    expect(auditMatches(record, '', 'bob')).toBe(false);
  });

  it('is filtered by the kind of action', () => {
    expect(auditMatches(record, 'key', '')).toBe(true);
    expect(auditMatches(record, 'user', '')).toBe(false);
  });
});

describe('what the platform says against a field', () => {
  it('is told apart from what is about the whole', () => {
    expect(splitProblem('email: x (expected: an address)')).toEqual({ name: 'email', text: 'x (expected: an address)' });
    expect(splitProblem('settings.limit: -1 (expected: 0 or more)')?.name).toBe('limit');
    expect(splitProblem('The database is away.')).toBeNull();
  });
});

describe('quarantined bodies', () => {
  it('are laid out where they are JSON, and left alone where not', () => {
    expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(readable('{"a":')).toBe('{"a":');
  });

  it('take an instance id only where that was what was wrong', () => {
    expect(takesInstanceId('missing_instance_id')).toBe(true);
    expect(takesInstanceId('too_old')).toBe(false);
  });
});

describe('a session', () => {
  it('is named by browser and system, whatever else the program says', () => {
    const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36';
    expect(agentWords(chrome)).toBe('Chrome on Linux');
    expect(agentWords('curl/8.1')).toBe('curl/8.1');
    expect(agentWords('')).toBe('A program without a name');
  });
});
