/** The whole fleet as a picture: a cell a server, by name, in rows. Pure. */
import type { Status } from './api/types';

/** What the bytes of the API mean. */
export const BYTE_STATUSES: readonly Status[] = ['down', 'degraded', 'unknown', 'healthy'];

/** Widths of a cell with its gap, in pixels, the largest first. */
const CELLS = [26, 20, 16, 12, 10, 8, 6, 5, 4, 3, 2];

export interface Grid {
  /** Width of a cell with the gap to the next, in pixels. */
  readonly cell: number;
  readonly gap: number;
  readonly columns: number;
  readonly rows: number;
  readonly servers: number;
}

/** The largest cells with which all servers fit. */
export function fit(servers: number, width: number, height: number): Grid {
  for (const cell of CELLS) {
    const columns = Math.max(1, Math.floor(width / cell));
    const rows = Math.max(1, Math.ceil(servers / columns));
    if (rows * cell <= height || cell === CELLS.at(-1)) {
      return { cell, gap: cell >= 16 ? 3 : cell >= 8 ? 2 : cell >= 4 ? 1 : 0, columns, rows, servers };
    }
  }
  throw new Error('CELLS is empty');
}

/** Which server is at a point; null for none. */
export function serverAt(grid: Grid, x: number, y: number): number | null {
  const column = Math.floor(x / grid.cell);
  const row = Math.floor(y / grid.cell);
  if (column < 0 || row < 0 || column >= grid.columns) return null;
  const index = row * grid.columns + column;
  return index < grid.servers ? index : null;
}

/** A colour as the 32 bits of a pixel in the order of this machine's memory, which is little-endian everywhere that browsers are. */
export function pixelOf(hex: string): number {
  const digits = hex.trim().replace('#', '');
  // A minifier writes #ffffff as #fff.
  const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits, 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Whether a point of a cell of so many pixels is part of the status's shape; cells too small for shapes are full. */
export function isInShape(status: Status, x: number, y: number, size: number): boolean {
  if (size < 5) return true;
  const edge = Math.max(1, Math.round(size / 8));
  switch (status) {
    case 'down':
      return true;
    case 'degraded':
      return x + y >= size - 1;
    case 'unknown':
      return x < edge || y < edge || x >= size - edge || y >= size - edge;
    case 'healthy':
      return x >= edge && y >= edge && x < size - edge && y < size - edge;
  }
}

export interface Paint {
  readonly colours: Readonly<Record<Status, number>>;
  /** For servers whose status is not looked for. */
  readonly faint: number;
  readonly ground: number;
}

/**
 * Fills the pixels of a picture that is `columns * cell` wide and `rows * cell` high, times the scale.
 *
 * @param shown statuses that are looked for; empty is all
 * @param scale pixels of the screen in one of the page, a whole number
 */
export function paint(pixels: Uint32Array, bytes: Uint8Array, grid: Grid, shown: readonly Status[], colours: Paint, scale: number): void {
  const cell = grid.cell * scale;
  const size = (grid.cell - grid.gap) * scale;
  const width = grid.columns * cell;
  pixels.fill(colours.ground);
  const stamps = BYTE_STATUSES.map((status) => stampOf(status, size));
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 2;
    const status = BYTE_STATUSES[byte] ?? 'unknown';
    const colour = shown.length === 0 || shown.includes(status) ? colours.colours[status] : colours.faint;
    const row = Math.floor(index / grid.columns);
    const origin = row * cell * width + (index - row * grid.columns) * cell;
    for (const [from, to, line] of stamps[byte] ?? stamps[2] ?? []) {
      // A loop: for runs of a few pixels a call of fill costs more than the pixels.
      for (let at = origin + line * width + from, end = origin + line * width + to; at < end; at += 1) pixels[at] = colour;
    }
  }
}

type Run = readonly [from: number, to: number, line: number];

/** A shape as runs of pixels, so that a cell is a few fills and no test a pixel. */
function stampOf(status: Status, size: number): Run[] {
  const runs: Run[] = [];
  for (let y = 0; y < size; y += 1) {
    let from = -1;
    for (let x = 0; x <= size; x += 1) {
      const inside = x < size && isInShape(status, x, y, size);
      if (inside && from < 0) from = x;
      if (!inside && from >= 0) {
        runs.push([from, x, y]);
        from = -1;
      }
    }
  }
  return runs;
}
