// Answers for the pages beside the fleet: settings, alerts, analytics, cost, a server's history. Invented, but of the right shape.
const HOUR = 3_600_000;
const ago = (ms) => new Date(Date.now() - ms).toISOString();
const usage = (costMicros, calls) => ({
  costMicros, estimatedCostMicros: 0, cacheSavingsMicros: costMicros / 9, calls, tokens: calls * 1_900, inputTokens: calls * 1_500,
  outputTokens: calls * 400, cacheCreationTokens: 0, cacheReadTokens: 0,
});
const repairs = (total, failures) => ({ total, successes: total - failures, failures, costMicros: total * 9_000 });
const uptime = (reachablePercent) => ({ reachablePercent, servingPercent: reachablePercent - 0.1, completenessPercent: 99.2, measuredSeconds: 6e6, lateSeconds: 40, blindSeconds: 0 });

const key = (id, name, role, rest = {}) => ({
  id, name, kind: 'organisation', role, instanceId: null, lastFour: 'LmNo', createdAt: ago(9 * 24 * HOUR), createdBy: 'owner@example.org',
  lastUsedAt: ago(40_000), expiresAt: null, revokedAt: null, replaces: null, enrolledBy: null, ...rest,
});
const keys = [
  key('A1b2C3d4E5', 'Instances, 2026-11-12', 'ingest'),
  key('F6g7H8i9J0', 'Grafana', 'viewer', { expiresAt: new Date(Date.now() + 3 * 24 * HOUR).toISOString() }),
  key('K1l2M3n4O5', 'checkout-eu', 'ingest', { kind: 'instance', instanceId: 'wlv_3fa2b1c4d5e6', replaces: 'P6q7R8s9T0' }),
  key('P6q7R8s9T0', 'checkout-eu', 'ingest', { kind: 'instance', instanceId: 'wlv_3fa2b1c4d5e6', revokedAt: ago(HOUR) }),
];

const alert = (number, severity, rule, kind, subject, message, rest = {}) => ({
  id: `00000000-0000-4000-8000-00000000000${number}`, state: 'firing', severity, ruleId: number, rule, kind, serverId: `wlv_${((number - 1) * 7_919 + 0x3fa2b1c4d5).toString(16).padStart(12, '0')}`, subject, tag: '',
  labels: {}, message, evidence: { memoryMb: 431, slopeMbPerHour: 14.2, hoursLeft: 5.6 }, since: ago(number * HOUR), firingSince: ago(number * HOUR - 60_000),
  lastTrueAt: ago(20_000), resolvedAt: null, acknowledged: false, acknowledgedBy: null, acknowledgedAt: null, snoozedUntil: null, silenced: null,
  inhibited: null, flapping: false, platformDegraded: false, noData: false, groupId: null, ...rest,
});
const alerts = [
  alert(1, 'critical', 'Server down', 'server_down', 'billing-us', 'No heartbeat for 6 minutes, where one is due each minute'),
  alert(2, 'critical', 'Memory leak', 'memory_leak', 'checkout-eu', 'The floor rises by 14 MB an hour; it reaches 512 MB in about 6 hours', { flapping: true }),
  alert(3, 'warning', 'Slow route', 'slow_route', 'search-prod', '/api/orders averages 2,140 ms in 3 heartbeats in a row', { silenced: 'Load test until 18:00' }),
  alert(4, 'error', 'Route down', 'route_down', 'gateway-eu', '2 of 8 routes fail', { acknowledged: true, acknowledgedBy: 'ann@example.org', acknowledgedAt: ago(HOUR) }),
];
const rule = (id, name, kind, parameters, severity, rest = {}) => ({
  id, version: 1, updatedAt: ago(5 * 24 * HOUR), updatedBy: 'the platform', rule: { name, kind, enabled: true, parameters, severity, forSeconds: 0, keepFiringSeconds: 0, ...rest },
});
const rules = [
  rule(1, 'Server down', 'server_down', {}, 'critical'),
  rule(2, 'Memory leak', 'memory_leak', {}, undefined),
  rule(3, 'Slow route', 'slow_route', { millis: '2000' }, 'warning', { forSeconds: 120 }),
  rule(4, 'Too much memory in Europe', 'threshold', { field: 'memory_mb', comparison: 'above', value: '400' }, 'error', { selector: { tags: ['eu'] } }),
  rule(5, 'Budget', 'budget', {}, undefined, { enabled: false }),
];
const budget = (id, name, scope, selector, period, limitMicros, percentSpent, zone) => ({
  id, name, scope, selector, period, timeZone: 'UTC', limitMicros, thresholds: [50, 80, 100], forecast: true, createdAt: ago(HOUR), createdBy: 'ann@example.org',
  status: {
    from: ago(20 * 24 * HOUR), to: new Date(Date.now() + 9 * 24 * HOUR).toISOString(), spentMicros: (limitMicros * percentSpent) / 100, projectedMicros: limitMicros * 1.1,
    projectedP10Micros: limitMicros, projectedP90Micros: limitMicros * 1.3, method: 'hour_of_week', percentSpent, zone,
  },
});
const MODELS = ['claude-sonnet-4', 'gpt-5-mini', 'claude-haiku-4', 'gemini-2.5-flash'];
const SERVERS = ['code-reviewer', 'edge-nairobi', 'cron-nightly', 'checkout-eu', 'chat-gateway'];
const range = { from: ago(7 * 24 * HOUR), to: ago(0), timeZone: 'UTC' };
const events = [
  ['status', { status: 'degraded', reason: 'memory grows by 14 MB an hour' }],
  ['repair', { repairs: 3, successes: 2, failures: 1, tokens: 9_000, costMicros: 41_000, error: "TypeError: Cannot read properties of undefined (reading 'id')", resolution: 'guard added', model: 'claude-sonnet-4' }],
  ['restart', { process: 'runner', cause: 'crash', lifetimeSeconds: 4_000, memoryBeforeMb: 431 }],
  ['version', { from: '5.2.8', to: '5.2.9' }],
  ['gap', { seconds: 600, platformAway: false }],
  ['backup', { totalBefore: 11, total: 12, stable: 9, verified: 2, unstable: 1 }],
  ['status', { status: 'healthy', reason: 'beating' }],
].map(([kind, detail], index) => ({ time: ago((index + 0.4) * 0.7 * HOUR), kind, detail }));

/** @type {Record<string, (parameters: URLSearchParams) => unknown>} */
const FIXED = {
  '/api/v1/keys': () => ({ keys }),
  '/api/v1/sessions': () => ({
    sessions: [
      { id: '1', createdAt: ago(HOUR), lastUsedAt: ago(9_000), expiresAt: ago(-HOUR), address: '10.0.0.7', agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36', current: true },
      { id: '2', createdAt: ago(5 * HOUR), lastUsedAt: ago(HOUR), expiresAt: ago(-HOUR), address: '10.0.0.9', agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1', current: false },
    ],
  }),
  '/api/v1/users': () => ({
    users: ['owner@example.org owner', 'ann@example.org admin', 'bob@example.org operator', 'eve@example.org auditor'].map((text, index) => {
      const [email, role] = text.split(' ');
      return { id: String(index), email, role, createdAt: ago(9e8), lastLoginAt: index === 2 ? null : ago(index * HOUR), disabledAt: index === 3 ? ago(HOUR) : null };
    }),
  }),
  '/api/v1/invitations': () => ({ invitations: [{ id: '1', email: 'kim@example.org', role: 'viewer', createdAt: ago(HOUR), createdBy: 'ann@example.org', expiresAt: ago(-6 * 24 * HOUR) }] }),
  '/api/v1/enrolment/window': () => ({ open: true, openedAt: ago(60_000), openedBy: 'ann@example.org', closesAt: ago(-8 * 60_000) }),
  '/api/v1/enrolment/pending': () => ({
    pending: [
      { id: '1', instanceId: 'wlv_9c1d2e3f4a5b', name: 'images-eu', address: '10.2.0.31', firstSeen: ago(90_000), lastSeen: ago(12_000), tries: 7, state: 'pending', knownSince: null },
      { id: '2', instanceId: 'wlv_3fa2b1c4d5e6', name: null, address: '10.2.0.99', firstSeen: ago(60_000), lastSeen: ago(31_000), tries: 2, state: 'pending', knownSince: ago(9e8) },
    ],
  }),
  '/api/v1/enrolment/tokens': () => ({ tokens: [{ id: 'T1', name: 'Chart, production', lastFour: 'x9Qp', maxInstances: 100, instances: 41, createdAt: ago(9e8), createdBy: 'ann@example.org', lastUsedAt: ago(HOUR), expiresAt: ago(-3 * 24 * HOUR), revokedAt: null }] }),
  '/api/v1/collisions': () => ({ collisions: [{ instanceId: 'wlv_3fa2b1c4d5e6', name: 'worker-eu', runners: 2, lastSeen: ago(9_000), keyIds: ['A1b2C3d4E5', 'K1l2M3n4O5'], wayOut: 'Each runner has a key of its own: split one of them.' }] }),
  '/api/v1/audit': () => ({
    records: [['user:ann@example.org', 'key.rotate', 'P6q7R8s9T0', { successor: 'K1l2M3n4O5', overlap: '24 h' }], ['user:owner@example.org', 'user.invite', 'kim@example.org', { role: 'viewer' }], ['user:ann@example.org', 'session.begin', 'ann@example.org', { address: '10.0.0.7' }]].map(
      ([subject, action, target, detail], index) => ({ sequence: 9 - index, at: ago(index * HOUR), subject, action, target, detail, previousHash: '0'.repeat(64), hash: 'f'.repeat(64) }),
    ),
    nextCursor: 'more',
  }),
  '/api/v1/quarantine': () => ({
    bodies: [['future_timestamp', 'wlv_3fa2b1c4d5e6', 'timestamp: 2031-01-01T00:00:00Z (expected: at most a day ahead)', true], ['missing_instance_id', null, 'instanceId: absent (expected: a text)', true], ['conflict', 'wlv_9c1d2e3f4a5b', 'Another heartbeat of this moment is stored', false]].map(
      ([reason, instanceId, detail, replayable], index) => ({ id: index + 1, instanceId, receivedAt: ago(index * HOUR), reason, detail, contentType: 'application/json', bytes: 1_240, replayable }),
    ),
    nextCursor: null,
  }),
  '/api/v1/tags': () => ({ tags: [{ tag: 'eu', servers: 18 }, { tag: 'team:payments', servers: 4 }] }),
  '/api/v1/views': () => ({ views: [{ id: '1', name: 'Europe by memory', query: 'tag=eu&sort=memory&order=desc', createdAt: ago(HOUR), createdBy: 'ann@example.org', changedAt: ago(HOUR) }] }),
  '/api/v1/alerts': (parameters) => {
    const found = alerts.filter((each) => each.state === (parameters.get('state') ?? 'firing') && (parameters.get('acknowledged') === null || String(each.acknowledged) === parameters.get('acknowledged')) && (parameters.get('server') ?? each.serverId) === each.serverId);
    const none = { pending: 0, firing: 0, acknowledged: 0 };
    return {
      alerts: found, total: found.length,
      counts: { info: none, warning: { ...none, firing: 1 }, error: { ...none, firing: 1, acknowledged: 1 }, critical: { ...none, firing: 2 } },
    };
  },
  '/api/v1/rules': () => ({ rules }),
  '/api/v1/rules/import': () => ({ imported: 2 }),
  '/api/v1/rules/validate': () => ({ valid: true, errors: [] }),
  '/api/v1/rules/backtest': () => ({
    from: ago(14 * 24 * HOUR), to: ago(0), servers: 50, total: 3,
    firings: [3, 20, 200].map((hours) => ({ serverId: 'wlv_003fa2b1c4d5', from: ago(hours * HOUR), to: ago((hours - 1) * HOUR), message: '431 is above 400' })),
  }),
  '/api/v1/silences': () => ({ silences: [{ id: '1', matchers: { tag: 'eu', rule: 'Slow*' }, reason: 'Load test', startsAt: ago(HOUR), endsAt: ago(-2 * HOUR), active: true, createdAt: ago(HOUR), createdBy: 'ann@example.org' }] }),
  '/api/v1/silences/preview': () => ({ alerts: alerts.slice(2, 3), total: 1 }),
  '/api/v1/maintenance': () => ({ maintenance: [{ id: '2', matchers: { server: 'wlv_9*' }, reason: 'New disks', startsAt: ago(50 * HOUR), endsAt: ago(46 * HOUR), active: false, createdAt: ago(51 * HOUR), createdBy: 'bob@example.org' }] }),
  '/api/v1/channels': () => ({
    channels: [
      { id: '1', name: 'On call', kind: 'slack', minSeverity: 'error', enabled: true, disabledBecause: null, settings: { channel: 'C0123456789', tokenLastFour: 'wXyZ', buttons: true }, createdAt: ago(HOUR), createdBy: 'ann@example.org' },
      { id: '2', name: 'Old pager', kind: 'webhook', minSeverity: 'warning', enabled: false, disabledBecause: 'It answered 410: gone', settings: { url: 'https://pager.example.org', secretLastFour: 'aB12', secrets: 1 }, createdAt: ago(HOUR), createdBy: 'ann@example.org' },
    ],
  }),
  '/api/v1/analytics': () => ({
    ...range, totalServers: 50, activeServers: 49, totalRepairs: 214, successRate: 93.9, totalTokens: 48_200_000, totalCost: 412.4, tokensByCategory: {}, costByModel: {}, uptimePercent: 99.9421, avgResponseTime: 88,
    usage: { ...usage(412_400_000, 25_000), unattributedMicros: 900_000 }, repairs: repairs(214, 13),
    previous: { ...usage(368_000_000, 23_100), costChange: 0.1206, from: range.from, to: range.to, repairs: 240 },
    recovery: { episodes: 31, recovered: 30, meanTimeToHealthySeconds: 412, resolutionSeconds: 60 },
    slowestRouteAverageMs: { servers: 49, meanOverServers: 88, p50OverServers: 61, p95OverServers: 410, p99OverServers: 1_212 }, uptime: uptime(99.9421),
  }),
  '/api/v1/analytics/sla': () => ({
    from: range.from, to: range.to, targetPercent: 99.9, objective: 'reachable', keptPercent: 99.9421, budgetSeconds: 30_240, lostSeconds: 17_509, budgetLeftSeconds: 12_731, uptime: uptime(99.9421),
    burnRates: [{ longSeconds: 3_600, shortSeconds: 300, limit: 14.4, longRate: 0.4, shortRate: 0, burning: false }, { longSeconds: 21_600, shortSeconds: 1_800, limit: 6, longRate: 1.1, shortRate: 0.2, burning: false }],
    blindWindows: [], serverCount: 50, servers: SERVERS.slice(0, 3).map((id, index) => ({ id, ...uptime(97.2 + index) })),
  }),
  '/api/v1/analytics/series': () => {
    const starts = Array.from({ length: 28 }, (_each, index) => ago((28 - index) * 6 * HOUR));
    return { ...range, step: 'hour', groupBy: null, starts, points: starts.map((time, index) => ({ time, ...usage(Math.round(9e6 + 7e6 * Math.sin(index) + index * 4e5), 900) })) };
  },
  '/api/v1/analytics/cost': (parameters) => ({
    ...range, groupBy: parameters.get('groupBy') ?? 'model', by2: null, totalCost: 412.4, total: usage(412_400_000, 25_000), previous: { ...usage(368_000_000, 1), costChange: 0.12 }, unattributedMicros: 900_000, groupCount: 9,
    groups: (parameters.get('groupBy') === 'server' ? SERVERS : MODELS).map((name, index) => ({ key: name, cost: 1, share: 0.3, previousCostMicros: 1, change: index === 1 ? -0.08 : 0.21, ...usage(180_000_000 / (index + 1), 900) })),
  }),
  '/api/v1/analytics/servers': () => ({ ...range, servers: SERVERS.map((name, index) => ({ id: name, name, version: '5.2.9', restarts: 9 - index, repairs: repairs(40 - index * 6, 3), ...usage(169_000_000 / (index + 1), 900) })) }),
  '/api/v1/analytics/versions': () => ({ ...range, versions: ['5.2.9', '5.2.8', null].map((version, index) => ({ version, servers: 40 - index * 15, restarts: 12, restartsPerServer: 0.3 + index, repairs: repairs(90, 5), costPerCallMicros: 16_400, ...usage(200_000_000 / (index + 1), 900) })) }),
  '/api/v1/analytics/projection': (parameters) => {
    const size = { day: 1, week: 6, month: 24 }[parameters.get('cycle') ?? 'month'] ?? 1;
    return { cycle: parameters.get('cycle'), from: range.from, to: ago(-size * 3 * HOUR), spentMicros: size * 31_000_000, projectedMicros: size * 52_000_000, projectedP10Micros: size * 47_000_000, projectedP90Micros: size * 61_000_000, method: 'hour_of_week' };
  },
  '/api/v1/analytics/anomalies': () => ({ anomalies: [{ hour: ago(9 * HOUR), costMicros: 61_000_000, expectedMicros: 4_000_000, z: 9.1, contributors: [{ server: 'code-reviewer', costMicros: 55_000_000 }], detectedAt: ago(8 * HOUR) }] }),
  '/api/v1/budgets': () => ({
    budgets: [budget('1', 'All of it', 'organisation', '', 'month', 800_000_000, 62, 'red'), budget('2', 'Sonnet', 'model', 'claude-sonnet-4', 'week', 200_000_000, 84, 'amber'), budget('3', 'Reviewer', 'server', 'code-reviewer', 'day', 40_000_000, 31, 'green')],
  }),
};

/** @returns the answer for a path, or undefined where the rest of the fake knows better */
export function pageAnswer(path, parameters) {
  const fixed = FIXED[path];
  if (fixed) return fixed(parameters);
  const [, id] = /^\/api\/v1\/alerts\/([^/]+)$/.exec(path) ?? [];
  if (id) {
    const found = alerts.find((each) => each.id === id);
    return found && { ...found, history: [{ at: ago(2 * HOUR), event: 'fired', by: null, note: '' }, { at: ago(HOUR), event: 'acknowledged', by: 'ann@example.org', note: 'Looking at it' }] };
  }
  const [, server, part] = /^\/api\/v1\/servers\/([^/]+)\/(events|usage|routes)$/.exec(path) ?? [];
  if (part === 'events') return { id: server, ...range, events, more: false };
  if (part === 'usage') {
    return { id: server, ...range, groupBy: 'model', intervalSeconds: 900, points: [], usage: MODELS.map((name, index) => ({ key: name, category: '', successes: 1, failures: 0, estimated: index === 0, ...usage(9_000_000 / (index + 1), 300) })) };
  }
  if (part === 'routes') {
    const points = Array.from({ length: 80 }, (_each, index) => ({ time: ago((80 - index) * 270_000), slowestPath: index % 9 === 0 ? '/api/orders' : '/api/search', slowestAvgMs: 120 + 60 * Math.sin(index / 5) + (index % 9) * 9, healthy: 8, unhealthy: 0 }));
    return { id: server, ...range, points };
  }
  return undefined;
}
