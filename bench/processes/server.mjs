// A small server with work to do, which leaks in one of several ways, or does not. Time is compressed: it is told how many
// milliseconds stand for a minute.
import { EventEmitter } from 'node:events';

const [kind, minuteText, mbPerHourText] = process.argv.slice(2);
const minute = Number(minuteText);
const bytesPerMinute = (Number(mbPerHourText) * 1024 * 1024) / 60;

const kept = [];
const emitter = new EventEmitter();
emitter.setMaxListeners(0);
const cache = new Map();
let requests = 0;

/** Memory that the process really touches, on the heap: strings of distinct content. */
function heap(bytes) {
    const parts = [];
    for (let size = 0; size < bytes; size += 4096) {
        parts.push(Array.from({ length: 512 }, (_, i) => requests + i + Math.random()));
    }
    return parts;
}

const leaks = {
    closure() {
        const data = heap(bytesPerMinute);
        kept.push(() => data.length);
    },
    timer() {
        const data = heap(bytesPerMinute);
        setInterval(() => data.length, 3_600_000).unref();
    },
    listener() {
        const data = heap(bytesPerMinute);
        emitter.on('tick', () => data.length);
    },
    cache() {
        cache.set(`request-${requests}`, heap(bytesPerMinute));
    },
    buffers() {
        kept.push(Buffer.alloc(Math.round(bytesPerMinute), requests & 0xff));
    },
    // Healthy ones.
    idle() {},
    garbage() {
        heap(bytesPerMinute * 8);
    },
    bounded() {
        cache.set(requests % 90, heap(bytesPerMinute));
    },
    burst() {
        if (requests % 240 < 40) {
            kept.push(Buffer.alloc(Math.round(bytesPerMinute), 1));
        } else {
            kept.length = 0;
        }
    },
    day() {
        const wanted = Math.round(60 * (1 + Math.sin((2 * Math.PI * requests) / 1440)));
        while (kept.length < wanted) {
            kept.push(Buffer.alloc(Math.round(bytesPerMinute), 1));
        }
        kept.length = Math.min(kept.length, wanted);
    },
};

const work = leaks[kind];
if (!work) {
    process.stderr.write(`kind: ${kind} (expected: one of ${Object.keys(leaks).join(', ')})\n`);
    process.exit(2);
}

setInterval(() => {
    requests += 1;
    emitter.emit('tick');
    work();
    process.send?.({ minute: requests, rss: process.memoryUsage.rss() });
}, minute);
process.on('disconnect', () => process.exit(0));
