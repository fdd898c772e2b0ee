/** Points that a sparkline keeps. */
export const SPARK_POINTS = 60;

interface Line {
  /** Of the heartbeat that gave the last point. */
  readonly timestamp: string;
  readonly points: readonly number[];
}

interface Beat {
  readonly id: string;
  readonly timestamp: string;
  readonly memoryMb: number | null;
}

/** Recent memory of the servers on the screen: one point a heartbeat, the latest sixty. Immutable. */
export class Sparklines {
  readonly #lines: ReadonlyMap<string, Line>;

  constructor(lines: ReadonlyMap<string, Line> = new Map()) {
    this.#lines = lines;
  }

  points(id: string): readonly number[] {
    return this.#lines.get(id)?.points ?? [];
  }

  /** Adds a point for each heartbeat that was not seen yet. */
  withBeats(beats: readonly Beat[]): Sparklines {
    const fresh = beats.filter((beat) => beat.memoryMb !== null && this.#lines.get(beat.id)?.timestamp !== beat.timestamp);
    if (fresh.length === 0) return this;
    const lines = new Map(this.#lines);
    for (const { id, timestamp, memoryMb } of fresh) {
      const points = [...this.points(id), memoryMb ?? 0].slice(-SPARK_POINTS);
      lines.set(id, { timestamp, points });
    }
    return new Sparklines(lines);
  }

  /** Puts history, oldest first, before what was seen live. */
  withPast(id: string, past: readonly number[]): Sparklines {
    const line = this.#lines.get(id);
    const points = [...past, ...(line?.points ?? [])].slice(-SPARK_POINTS);
    return new Sparklines(new Map(this.#lines).set(id, { timestamp: line?.timestamp ?? '', points }));
  }

  keeping(ids: ReadonlySet<string>): Sparklines {
    return new Sparklines(new Map([...this.#lines].filter(([id]) => ids.has(id))));
  }
}
