import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * The status colours of both themes stay apart for every kind of colour vision, and stand out from what is behind them.
 */
const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');
const [light, dark] = css.split(":root[data-theme='dark']").map(tokens) as [Map<string, string>, Map<string, string>];
const STATUSES = ['healthy', 'degraded', 'down', 'unknown'];
/** Distance in Lab (CIE 1976) that nobody takes for the same colour. */
const APART = 20;
/** WCAG 2.2, 1.4.11 and 1.4.3. */
const SHAPE_CONTRAST = 3;
const TEXT_CONTRAST = 4.5;

type Triple = [number, number, number];

/** Linear RGB as it is seen without one kind of cones, at full severity: Machado, Oliveira and Fernandes, 2009. */
const VISIONS: Record<string, Triple[]> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function tokens(text: string): Map<string, string> {
  return new Map([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
}

function linear(hex: string): Triple {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Triple;
}

function seen(hex: string, vision: Triple[]): Triple {
  const [r, g, b] = linear(hex);
  return vision.map((row) => Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b))) as Triple;
}

function lab([r, g, b]: Triple): Triple {
  const f = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(one: Triple, other: Triple): number {
  return Math.hypot(...one.map((value, at) => value - other[at]!));
}

function contrast(one: string, other: string): number {
  const [least, most] = [one, other]
    .map(linear)
    .map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b)
    .sort((a, b) => a - b) as [number, number];
  return (most + 0.05) / (least + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
])('colours of the %s theme', (_name, theme) => {
  const colour = (name: string) => theme.get(name) ?? expect.fail(`--${name} is missing`);

  it.each(Object.entries(VISIONS))('tell the statuses apart: %s', (_vision, matrix) => {
    for (const one of STATUSES)
      for (const other of STATUSES.slice(STATUSES.indexOf(one) + 1)) {
        const apart = distance(lab(seen(colour(one), matrix)), lab(seen(colour(other), matrix)));
        expect(apart, `${one} and ${other}`).toBeGreaterThan(APART);
      }
  });

  it('let every shape stand out from what is behind it', () => {
    for (const shape of [...STATUSES, 'accent', 'meter', 'control'])
      for (const ground of ['bg', 'surface', 'raised', 'hover']) {
        expect(contrast(colour(shape), colour(ground)), `${shape} on ${ground}`).toBeGreaterThanOrEqual(SHAPE_CONTRAST);
      }
  });

  it('keep all text readable', () => {
    for (const text of ['text', 'text-2', 'text-3'])
      for (const ground of ['bg', 'surface', 'raised', 'hover', 'accent-soft', 'warning-bg', 'danger-bg']) {
        expect(contrast(colour(text), colour(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      }
    expect(contrast(colour('accent-text'), colour('accent'))).toBeGreaterThanOrEqual(TEXT_CONTRAST);
  });
});
