/** Stands in for an instance: sends heartbeats over HTTP as the client does. */
export class Instance {
  readonly #url: string;
  readonly #key: string;
  readonly #id: string;
  readonly #name: string;
  #sentAt = 0;

  constructor(url: string, key: string, id: string, name: string) {
    this.#url = url;
    this.#key = key;
    this.#id = id;
    this.#name = name;
  }

  async beat(values: { memoryMb: number; cpuPercent?: number; status?: string; failingRoutes?: number }): Promise<void> {
    this.#sentAt = Math.max(Date.now(), this.#sentAt + 1);
    const unhealthy = values.failingRoutes ?? 0;
    const answer = await fetch(`${this.#url}/api/v1/heartbeat`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${this.#key}`,
        'X-Instance-Id': this.#id,
      },
      body: JSON.stringify({
        instanceId: this.#id,
        version: '5.2.9',
        timestamp: this.#sentAt,
        server: { name: this.#name, port: 3000, uptime: 3_725, status: values.status ?? 'healthy', pid: 4_711 },
        process: { memoryMB: values.memoryMb, cpuPercent: values.cpuPercent ?? 3, peakMemoryMB: 512 },
        routes: { totalRoutes: 8, healthy: 8 - unhealthy, unhealthy, slowest: { path: '/orders', avgMs: 41 } },
        repairs: { total: 5, successes: 4, failures: 1, successRate: 80, totalCost: 0.0123 },
        usage: { totalTokens: 234_213, totalCost: 1.5, totalCalls: 43, totalCacheSavings: 0.25 },
        brain: { totalMemories: 76 },
        backups: { total: 3, unstable: 0, verified: 2, stable: 1 },
      }),
    });
    if (!answer.ok) throw new Error(`heartbeat: ${answer.status} ${await answer.text()}`);
  }
}
