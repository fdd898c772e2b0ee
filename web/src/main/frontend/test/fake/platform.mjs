// A platform for developing the dashboard: the API and the live feed with an invented fleet, and the built dashboard
// under the same headers that the real one sends. Nothing of it is shipped.
//
//   node test/fake/platform.mjs [--port 18080] [--servers 50]
//
// Log in with any address and the password "wolverine". POST /fake/feed {"down":true} takes the live feed away.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const option = (name, fallback) => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? fallback : Number(process.argv[index + 1]);
};
const PORT = option('port', 18080);
const SIZE = option('servers', 50);
const BEAT_MS = 1_500;
const DASHBOARD = fileURLToPath(new URL('../../../../../target/classes/dashboard/', import.meta.url));
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

let seed = 7;
const random = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
const iso = (time) => new Date(time).toISOString();

const KINDS = ['api', 'checkout', 'gateway', 'search', 'billing', 'worker', 'auth', 'images', 'mailer', 'reports'];
const REASONS = {
  healthy: ['Beating on time, all routes answer'],
  degraded: ['2 of 8 routes failing', 'Memory grows by 14 MB an hour', '3 of the last 5 repairs failed'],
  down: ['No heartbeat for 6 minutes', 'The server says that it is down'],
  unknown: ['Not heard since the platform started'],
};

/** @type {Map<string, any>} */
const servers = new Map();
for (let index = 0; index < SIZE; index += 1) {
  const status = index % 17 === 3 ? 'down' : index % 7 === 2 ? 'degraded' : index % 23 === 5 ? 'unknown' : 'healthy';
  const id = `wlv_${(index * 7_919 + 0x3fa2b1c4d5).toString(16).padStart(12, '0').slice(-12)}`;
  const memory = 60 + Math.floor(random() * 400);
  const reasons = REASONS[status];
  const repairs = Math.floor(random() * 40);
  const failures = Math.floor(repairs * random() * 0.3);
  const total = 2 + Math.floor(random() * 20);
  const unhealthy = status === 'healthy' ? 0 : Math.floor(random() * 3);
  servers.set(id, {
    id,
    name: `${KINDS[index % KINDS.length]}-${['prod', 'eu', 'us', 'staging', 'canary'][Math.floor(index / 10) % 5]}`,
    version: ['5.2.9', '5.2.8', '4.11.0', '1.6.0'][Math.floor(random() ** 3 * 4)],
    status,
    since: iso(Date.now() - random() * 86_400_000),
    reason: reasons[index % reasons.length],
    summary: `${status}: ${reasons[index % reasons.length]} since 10:00 UTC`,
    tags: index % 3 === 0 ? ['eu'] : [],
    archivedAt: null,
    firstSeen: iso(Date.now() - 20 * 86_400_000),
    lastSeen: iso(Date.now() - (status === 'down' ? 400_000 : random() * 50_000)),
    timestamp: iso(Date.now() - 60_000),
    instances: 1,
    clockSkewMs: index % 7 === 0 ? -3_200 : 0,
    uptimeSeconds: Math.floor(random() ** 3 * 3_000_000),
    pid: 1_000 + index,
    port: 3_000 + index,
    memoryMb: memory,
    peakMemoryMb: Math.floor(memory * (1.05 + random())),
    cpuPercent: Math.round(random() ** 2 * 900) / 10,
    routes: { total, healthy: total - unhealthy, unhealthy, slowestPath: '/api/orders', slowestAvgMs: Math.round(random() * 400) },
    repairs: { total: repairs, successes: repairs - failures, failures, costMicros: repairs * 12_345 },
    usage: {
      totalTokens: Math.floor(random() * 4_000_000),
      totalCalls: Math.floor(random() * 900),
      costMicros: Math.floor(random() ** 4 * 90_000_000),
      cacheSavingsMicros: Math.floor(random() * 900_000),
    },
    memories: Math.floor(random() * 200),
    backups: Math.floor(random() * 30),
  });
}

const session = {
  user: { email: 'owner@example.org', role: 'owner' },
  organisation: { id: randomUUID(), name: 'Example' },
  csrfToken: randomUUID(),
};
const tokens = new Set();
const keys = new Set();
let feedDown = false;

// The live feed.

const sockets = new WebSocketServer({ noServer: true });
const subscriptions = new Map();

sockets.on('connection', (socket) => {
  const send = (message) => socket.send(JSON.stringify(message));
  send({ op: 'hello', epoch: 'fake', seq: 0, ping: 25_000, serverTime: Date.now() });
  subscriptions.set(socket, new Map());
  socket.on('close', () => subscriptions.delete(socket));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.op === 'ping') send({ op: 'pong' });
    if (message.op === 'unsub') subscriptions.get(socket)?.delete(message.id);
    if (message.op !== 'sub') return;
    const wanted = message.filter?.servers ? new Set(message.filter.servers) : null;
    const rows = [...servers.values()].filter((server) => wanted === null || wanted.has(server.id));
    const parts = Math.max(1, Math.ceil(rows.length / 40));
    for (let part = 0; part < parts; part += 1) {
      const u = rows.slice(part * 40, part * 40 + 40).map((server) => ({ k: server.id, p: server }));
      send({ op: 'snap', id: message.id, part, last: part === parts - 1, seq: 100, u });
    }
    subscriptions.get(socket)?.set(message.id, { wanted, seq: 100 });
  });
});

function publish(updates) {
  for (const [socket, own] of subscriptions) {
    for (const [id, subscription] of own) {
      const u = updates.filter((update) => subscription.wanted === null || subscription.wanted.has(update.k));
      if (u.length === 0) continue;
      subscription.seq += 1;
      socket.send(JSON.stringify({ op: 'd', id, seq: subscription.seq, u, x: [], e: [] }));
    }
  }
}

setInterval(() => {
  const updates = [];
  for (const server of servers.values()) {
    if (server.status === 'down' || server.invented === false || random() > 0.15) continue;
    const memoryMb = Math.max(30, Math.round(server.memoryMb * (0.97 + random() * 0.06)));
    const p = {
      memoryMb,
      peakMemoryMb: Math.max(memoryMb, server.peakMemoryMb),
      cpuPercent: Math.round(Math.min(100, Math.max(0, server.cpuPercent + (random() - 0.5) * 8)) * 10) / 10,
      lastSeen: iso(Date.now()),
      timestamp: iso(Date.now()),
      uptimeSeconds: server.uptimeSeconds + 10,
    };
    Object.assign(server, p);
    updates.push({ k: server.id, p });
  }
  if (updates.length > 0) publish(updates);
}, BEAT_MS);

// The API.

function compare(sort) {
  const value = {
    status: (server) => ['down', 'degraded', 'unknown', 'healthy'].indexOf(server.status),
    name: (server) => server.name,
    version: (server) => server.version,
    lastSeen: (server) => server.lastSeen,
    uptime: (server) => server.uptimeSeconds,
    memory: (server) => server.memoryMb,
    cpu: (server) => server.cpuPercent,
    repairs: (server) => server.repairs.total,
    cost: (server) => server.usage.costMicros,
    tokens: (server) => server.usage.totalTokens,
  }[sort];
  return (one, other) => {
    const [a, b] = [value(one), value(other)];
    return a < b ? -1 : a > b ? 1 : one.name.localeCompare(other.name) || one.id.localeCompare(other.id);
  };
}

function listServers(parameters) {
  const statuses = parameters.get('status')?.split(',');
  const q = parameters.get('q')?.toLowerCase() ?? '';
  const order = parameters.get('order') === 'desc' ? -1 : 1;
  const limit = Number(parameters.get('limit') ?? 50);
  const offset = Number(parameters.get('offset') ?? 0);
  const sorting = compare(parameters.get('sort') ?? 'status');
  const all = [...servers.values()];
  const found = all
    .filter((server) => !statuses || statuses.includes(server.status))
    .filter((server) => `${server.name} ${server.id} ${server.version}`.toLowerCase().includes(q))
    .sort((one, other) => order * sorting(one, other));
  const counts = { healthy: 0, degraded: 0, down: 0, unknown: 0 };
  for (const server of all) counts[server.status] += 1;
  return { servers: found.slice(offset, offset + limit), total: found.length, page: offset / limit + 1, nextCursor: null, counts, sequence: 1 };
}

function history(server, parameters) {
  const from = Number(parameters.get('from') ?? Date.now() - 86_400_000);
  const to = Number(parameters.get('to') ?? Date.now());
  const width = { '30s': 30, '1m': 60, '5m': 300, '15m': 900, '1h': 3_600, '6h': 21_600, '1d': 86_400 }[parameters.get('interval') ?? '5m'];
  const points = [];
  for (let time = Math.floor(from / width / 1000) * width * 1000; time < to; time += width * 1000) {
    const phase = time / 3_600_000;
    if (Math.sin(phase * 0.9 + server.pid) > 0.985) continue;
    const wave = 1 + 0.14 * Math.sin(phase * 2.1 + server.pid) + 0.03 * Math.sin(phase * 37);
    const avg = server.memoryMb * wave;
    const load = Math.max(0.3, server.cpuPercent * (0.7 + 0.5 * Math.sin(phase * 3.3 + server.pid)) + 3 * Math.sin(phase * 51));
    points.push({
      time: iso(time),
      beats: width / 60,
      memoryMb: { min: Math.round(avg * 0.96), avg, max: Math.round(avg * 1.05) },
      cpuPercent: { min: load * 0.6, avg: load, max: load * 1.4 },
      unhealthyRoutes: 0,
      slowestAvgMs: 100,
      uptimeSeconds: 1,
    });
  }
  return { id: server.id, from: iso(from), to: iso(to), intervalSeconds: width, points };
}

function takeBeat(beat) {
  const before = servers.get(beat.instanceId);
  const now = iso(Date.now());
  const server = {
    id: beat.instanceId,
    name: beat.server?.name ?? null,
    version: beat.version ?? null,
    status: beat.server?.status === 'down' ? 'down' : beat.routes?.unhealthy > 0 ? 'degraded' : 'healthy',
    since: before?.since ?? now,
    reason: beat.routes?.unhealthy > 0 ? `${beat.routes.unhealthy} of ${beat.routes.totalRoutes} routes failing` : 'Beating on time',
    summary: 'healthy: beating since 10:00 UTC',
    tags: [],
    archivedAt: null,
    firstSeen: before?.firstSeen ?? now,
    lastSeen: now,
    timestamp: iso(beat.timestamp),
    instances: 1,
    clockSkewMs: null,
    uptimeSeconds: beat.server?.uptime ?? null,
    pid: beat.server?.pid ?? null,
    port: beat.server?.port ?? null,
    memoryMb: beat.process?.memoryMB ?? null,
    peakMemoryMb: beat.process?.peakMemoryMB ?? null,
    cpuPercent: beat.process?.cpuPercent ?? null,
    routes: { total: beat.routes?.totalRoutes ?? null, healthy: beat.routes?.healthy ?? null, unhealthy: beat.routes?.unhealthy ?? null, slowestPath: null, slowestAvgMs: null },
    repairs: { total: beat.repairs?.total ?? null, successes: beat.repairs?.successes ?? null, failures: beat.repairs?.failures ?? null, costMicros: 0 },
    usage: { totalTokens: beat.usage?.totalTokens ?? null, totalCalls: beat.usage?.totalCalls ?? null, costMicros: Math.round((beat.usage?.totalCost ?? 0) * 1e6), cacheSavingsMicros: 0 },
    memories: beat.brain?.totalMemories ?? null,
    backups: beat.backups?.total ?? null,
    invented: false,
  };
  servers.set(server.id, server);
  publish([{ k: server.id, p: server }]);
}

const http = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://fake');
  const answer = (status, body, headers = {}) => {
    response.writeHead(status, {
      'Content-Type': status < 400 ? 'application/json' : 'application/problem+json',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': CSP,
      ...headers,
    });
    response.end(body === null ? '' : JSON.stringify(body));
  };
  const problem = (status, title, detail) => answer(status, { type: 'about:blank', title, status, detail });
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : null;
  const cookie = /wlv=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const loggedIn = cookie !== undefined && tokens.has(cookie);
  const bearer = request.headers.authorization?.slice('Bearer '.length);
  const path = url.pathname;

  if (path === '/fake/feed') {
    feedDown = body.down;
    if (feedDown) for (const socket of sockets.clients) socket.terminate();
    return answer(200, {});
  }
  if (path === '/api/v1/heartbeat') {
    if (!keys.has(bearer)) return answer(401, { received: false, error: 'authorization: unknown key' });
    takeBeat(body);
    return answer(200, { received: true, serverTime: Date.now() });
  }
  if (path === '/api/v1/session' && request.method === 'POST') {
    if (body.password !== 'wolverine') return problem(401, 'Unauthorized', 'E-mail or password is wrong');
    const token = randomUUID();
    tokens.add(token);
    return answer(200, session, { 'Set-Cookie': `wlv=${token}; HttpOnly; SameSite=Lax; Path=/` });
  }
  if (path.startsWith('/api/')) {
    if (!loggedIn) return problem(401, 'Unauthorized', 'No valid credential');
    if (path === '/api/v1/session' && request.method === 'GET') return answer(200, session);
    if (request.method !== 'GET' && request.headers['x-wlv-csrf'] !== session.csrfToken) return problem(403, 'Forbidden', 'X-WLV-CSRF: missing');
    if (path === '/api/v1/session') {
      tokens.delete(cookie);
      return answer(204, null);
    }
    if (path === '/api/v1/servers') return answer(200, listServers(url.searchParams));
    if (path === '/api/v1/connection') return answer(200, { grpcPort: 9090, servers: servers.size, heartbeats: servers.size > 0 });
    if (path === '/api/v1/storage') {
      return answer(200, {
        layout: 'timescale', columnstore: true, layoutReason: 'the server has TimescaleDB 2.23.0', measuredAt: iso(Date.now()),
        rawBytes: 4_100_000_000, usageBytes: 310_000_000, otherBytes: 24_000_000, rawKeptDays: 32, usageKeptDays: 367,
        bytesPerDay: 2_060_000_000, bytesAtRetention: 61_000_000_000, freeBytes: 812_000_000_000, outlook: 'fits', fullInDays: null,
      });
    }
    if (path === '/api/v1/keys' && request.method === 'POST') {
      const key = 'wlvk_iA1b2C3d4E5_Zx81kQpLmN0aVbWcRdTeYfUgIhOjPqS2w_9kLmNo';
      keys.add(key);
      return answer(201, { id: 'A1b2C3d4E5', name: body.name, role: body.role, instanceId: null, lastFour: 'LmNo', createdAt: iso(Date.now()), createdBy: session.user.email, lastUsedAt: null, expiresAt: null, revokedAt: null, key });
    }
    const [, id, rest] = /^\/api\/v1\/servers\/([^/]+)(\/heartbeats)?$/.exec(path) ?? [];
    const server = id && servers.get(decodeURIComponent(id));
    if (!server) return problem(404, 'Not Found', 'There is no such server');
    return answer(200, rest ? history(server, url.searchParams) : server);
  }

  const file = extname(path) === '' ? 'index.html' : normalize(path).replace(/^[/\\]+/, '');
  try {
    const content = await readFile(join(DASHBOARD, file));
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'Cache-Control': 'no-cache' });
    response.end(content);
  } catch {
    problem(404, 'Not Found', 'There is no such file');
  }
});

http.on('upgrade', (request, socket, head) => {
  const cookie = /wlv=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  if (feedDown || !tokens.has(cookie ?? '')) {
    socket.destroy();
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket));
});

http.listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}, ${SIZE} servers, password "wolverine"`));
