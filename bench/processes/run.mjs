// Real processes under the shipped detector: starts small servers that leak, and others that do not, takes their resident
// memory as a heartbeat would report it, and lets `./platform evaluate leaks` judge. Minutes are compressed.
//
//   node bench/processes/run.mjs [--hours 16] [--minute-ms 250] [--json]
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

function option(name, fallback) {
    const place = process.argv.indexOf(name);
    const value = place < 0 ? fallback : Number(process.argv[place + 1]);
    if (!(value > 0)) {
        process.stderr.write(`${name}: ${process.argv[place + 1]} (expected: a number above 0)\n`);
        process.exit(2);
    }
    return value;
}

const hours = option('--hours', 16);
const minuteMs = option('--minute-ms', 250);
const minutes = Math.round(hours * 60);
const START_MINUTE = 120;

// How they leak, and how many megabytes an hour of their own time; healthy ones are told how much they work with.
const LEAKING = ['closure', 'timer', 'listener', 'cache', 'buffers'].flatMap((kind) => [
    [kind, 12],
    [kind, 30],
]);
const HEALTHY = [
    ['idle', 1],
    ['garbage', 30],
    ['garbage', 120],
    ['bounded', 60],
    ['burst', 60],
    ['day', 10],
    ['idle', 2],
    ['bounded', 20],
];

function sample(kind, mbPerHour, leaks) {
    return new Promise((resolve) => {
        const child = fork(join(here, 'server.mjs'), [kind, String(minuteMs), String(mbPerHour)], {
            execArgv: ['--max-semi-space-size=1'],
        });
        const series = `${kind}-${mbPerHour}-${child.pid}`;
        const lines = [];
        child.on('message', ({ minute, rss }) => {
            const mb = Math.round(rss / 1024 / 1024);
            const at = START_MINUTE + minute;
            lines.push(`${series},${at},${mb},${child.pid},${minute * 60},1.0.0,${leaks ? START_MINUTE : ''}`);
            if (minute >= minutes) {
                child.disconnect();
            }
        });
        child.on('exit', () => resolve(lines));
    });
}

const series = await Promise.all([
    ...LEAKING.map(([kind, rate]) => sample(kind, rate, true)),
    ...HEALTHY.map(([kind, rate]) => sample(kind, rate, false)),
]);
const directory = mkdtempSync(join(tmpdir(), 'wolverine-processes-'));
try {
    const file = join(directory, 'series.csv');
    writeFileSync(
        file,
        ['series,minute,memoryMb,pid,uptimeSeconds,version,label', ...series.flat()].join('\n') + '\n',
    );
    const judged = spawnSync(
        join(here, '../../platform'),
        ['evaluate', 'leaks', '--series', file, ...(process.argv.includes('--json') ? ['--json'] : [])],
        { stdio: 'inherit' },
    );
    process.exitCode = judged.status ?? 1;
} finally {
    rmSync(directory, { recursive: true });
}
