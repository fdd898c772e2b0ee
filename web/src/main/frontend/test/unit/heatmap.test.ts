import { describe, expect, it } from 'vitest';
import { BYTE_STATUSES, fit, isInShape, paint, pixelOf, serverAt } from '../../src/lib/heatmap';

const COLOURS = { colours: { down: 1, degraded: 2, unknown: 3, healthy: 4 }, faint: 9, ground: 0 };

describe('the heat map', () => {
  it('holds every server in the room that it has, with the largest cells that fit', () => {
    for (const servers of [1, 50, 5_000, 100_000]) {
      const grid = fit(servers, 1_400, 640);
      expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(servers);
      expect(grid.columns * grid.cell).toBeLessThanOrEqual(1_400);
      expect(grid.rows * grid.cell, `${servers}`).toBeLessThanOrEqual(640);
    }
    expect(fit(50, 1_400, 640).cell).toBe(26);
  });

  it('knows whose cell a point is in, and where there is none', () => {
    const grid = fit(5, 60, 640);
    expect([grid.columns, grid.rows]).toEqual([2, 3]);
    expect(serverAt(grid, 27, 27)).toBe(3);
    expect(serverAt(grid, 5, 55)).toBe(4);
    expect(serverAt(grid, 30, 55)).toBeNull();
    expect(serverAt(grid, 59, 5)).toBeNull();
    expect(serverAt(grid, -1, 5)).toBeNull();
  });

  it('tells statuses apart by shape, not by colour alone', () => {
    const size = 12;
    const shapes = BYTE_STATUSES.map((status) => {
      let text = '';
      for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) text += isInShape(status, x, y, size) ? '#' : '.';
      return text;
    });
    expect(new Set(shapes).size).toBe(4);
  });

  it('paints each cell at its place, and fades what is not looked for', () => {
    const grid = { cell: 2, gap: 0, columns: 2, rows: 2, servers: 3 };
    const pixels = new Uint32Array(16);
    paint(pixels, Uint8Array.of(0, 3, 1), grid, ['down', 'degraded'], COLOURS, 1);
    expect([...pixels]).toEqual([1, 1, 9, 9, 1, 1, 9, 9, 2, 2, 0, 0, 2, 2, 0, 0]);
  });

  it('takes a byte that it does not know for unknown', () => {
    const pixels = new Uint32Array(4);
    paint(pixels, Uint8Array.of(77), { cell: 2, gap: 0, columns: 1, rows: 1, servers: 1 }, [], COLOURS, 1);
    expect(pixels[0]).toBe(3);
  });

  it('paints the last of 100,000 servers as the first, on a screen of twice the pixels', () => {
    const grid = fit(100_000, 1_400, 640);
    const scale = 2;
    const width = grid.columns * grid.cell * scale;
    const pixels = new Uint32Array(width * grid.rows * grid.cell * scale);
    paint(pixels, new Uint8Array(100_000), grid, [], COLOURS, scale);
    const row = Math.floor(99_999 / grid.columns);
    expect(pixels[row * grid.cell * scale * width + (99_999 % grid.columns) * grid.cell * scale]).toBe(1);
    expect(pixels.reduce((sum, pixel) => sum + pixel, 0)).toBe(100_000 * ((grid.cell - grid.gap) * scale) ** 2);
  });

  it('writes colours as the bytes red, green, blue, opaque', () => {
    expect([...new Uint8Array(Uint32Array.of(pixelOf(' #21a262')).buffer)]).toEqual([0x21, 0xa2, 0x62, 255]);
    expect(pixelOf('#fff')).toBe(pixelOf('#ffffff'));
  });
});
