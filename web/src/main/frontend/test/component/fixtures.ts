import type { Alert, Server, Session } from '../../src/lib/api/types';

/** A healthy server; name what matters to the test. */
export function server(values: Partial<Server> = {}): Server {
  return {
    id: 'wlv_3fa2b1c4d5e6',
    name: 'api-prod',
    version: '5.2.9',
    status: 'healthy',
    since: '2026-11-21T10:00:00.000Z',
    reason: 'beating',
    summary: 'healthy: beating since 10:00 UTC',
    tags: [],
    archivedAt: null,
    firstSeen: '2026-11-01T00:00:00.000Z',
    lastSeen: '2026-11-21T12:00:00.000Z',
    timestamp: '2026-11-21T12:00:00.000Z',
    instances: 1,
    clockSkewMs: null,
    uptimeSeconds: 3_725,
    pid: 4_711,
    port: 3_000,
    memoryMb: 131,
    peakMemoryMb: 180,
    cpuPercent: 2.5,
    routes: { total: 8, healthy: 8, unhealthy: 0, slowestPath: '/', slowestAvgMs: 12 },
    repairs: { total: 12, successes: 10, failures: 2, costMicros: 12_345 },
    usage: { totalTokens: 1_000, totalCalls: 10, costMicros: 58_846, cacheSavingsMicros: 0 },
    memories: 76,
    backups: 3,
    ...values,
  };
}

export function session(role: Session['user']['role'] = 'owner'): Session {
  return {
    user: { email: 'ada@example.org', role },
    organisation: { id: '00000000-0000-0000-0000-000000000001', name: 'Example' },
    csrfToken: 'token',
  };
}

/** A critical alert that fires and that nobody has taken on; name what matters to the test. */
export function alert(values: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    state: 'firing',
    severity: 'critical',
    ruleId: 1,
    rule: 'Memory leak',
    kind: 'memory_leak',
    serverId: 'wlv_3fa2b1c4d5e6',
    subject: 'api-prod',
    tag: '',
    labels: {},
    message: 'The floor rises by 14 MB an hour',
    evidence: {},
    since: '2026-11-21T10:00:00.000Z',
    firingSince: '2026-11-21T10:00:00.000Z',
    lastTrueAt: '2026-11-21T12:00:00.000Z',
    resolvedAt: null,
    acknowledged: false,
    acknowledgedBy: null,
    acknowledgedAt: null,
    snoozedUntil: null,
    silenced: null,
    inhibited: null,
    flapping: false,
    platformDegraded: false,
    noData: false,
    groupId: null,
    ...values,
  };
}
