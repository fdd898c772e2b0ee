// Does on the wire what the stock client does: the same module of Node.js, headers, order and indifference.
//   WOLVERINE_PLATFORM_URL=... WOLVERINE_INSTANCE_ID=... [INTERVAL_MS=200] node client.mjs
// Prints one word a line: `waiting`, `key`, `stored`, `queued`, `drained`.
import http from 'node:http';

const platform = process.env.WOLVERINE_PLATFORM_URL;
const instanceId = process.env.WOLVERINE_INSTANCE_ID;
const interval = Number(process.env.INTERVAL_MS ?? 200);
const queue = [];
let key = process.env.WOLVERINE_PLATFORM_KEY ?? null;
let beats = 0;

function post(path, body, headers) {
  const url = new URL(platform + path);
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        hostname: url.hostname,
        port: url.port,
        path: url.pathname,
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers },
        timeout: 5_000,
      },
      (response) => {
        let text = '';
        response.on('data', (part) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.write(body);
    request.end();
  });
}

// Looks at `key` alone, whatever the status says.
async function register() {
  const { text } = await post('/api/v1/register', JSON.stringify({ instanceId, name: `name of ${instanceId}`, version: '5.2.9' }));
  const given = JSON.parse(text).key;
  return typeof given === 'string' && given.length > 10 ? given : null;
}

function heartbeat() {
  beats++;
  return JSON.stringify({
    instanceId,
    version: '5.2.9',
    timestamp: Date.now(),
    server: { name: `name of ${instanceId}`, port: 3000, uptime: Math.round(process.uptime()), status: 'healthy', pid: process.pid },
    process: { memoryMB: Math.round(process.memoryUsage().rss / 1048576), cpuPercent: 0, peakMemoryMB: 0 },
    routes: { total: 0, healthy: 0, unhealthy: 0 },
    repairs: { total: 0, successes: 0, failures: 0, successRate: 0, totalCost: 0 },
    usage: { totalTokens: beats * 100, totalCost: beats / 100, totalCalls: beats, totalCacheSavings: 0, byCategory: {}, byModel: {}, byModelCategory: [], byTool: {}, byProvider: {} },
    brain: { totalMemories: 0 },
    backups: { total: 0, stable: 0 },
  });
}

// One after the other, without X-Instance-Id; the first refusal ends it.
async function drain() {
  while (queue.length > 0) {
    const answer = await fetch(`${platform}/api/v1/heartbeat`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
      body: queue[0],
      signal: AbortSignal.timeout(3_000),
    });
    if (!answer.ok) return;
    queue.shift();
    console.log('drained');
  }
}

async function tick() {
  if (key === null) {
    key = await register().catch(() => null);
    console.log(key === null ? 'waiting' : 'key');
    if (key === null) return;
  }
  const body = heartbeat();
  const answer = await post('/api/v1/heartbeat', body, { Authorization: `Bearer ${key}`, 'X-Instance-Id': instanceId }).catch(() => ({ status: 0 }));
  if (answer.status >= 200 && answer.status < 300) {
    console.log('stored');
    await drain().catch(() => {});
  } else {
    queue.push(body);
    console.log('queued');
  }
}

await tick();
setInterval(tick, interval);
