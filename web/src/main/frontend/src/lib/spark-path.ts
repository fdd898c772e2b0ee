/**
 * The path of a sparkline in a box of the given size. The scale spans the values, but never less than a tenth of the
 * largest, so that the noise of a quiet server does not look like a storm.
 */
export function sparkPath(points: readonly number[], width: number, height: number): string {
  if (points.length < 2) return '';
  const least = Math.min(...points);
  const most = Math.max(...points);
  const span = Math.max(most - least, most * 0.1, 1);
  const bottom = (least + most) / 2 - span / 2;
  const step = width / (points.length - 1);
  return points
    .map((value, index) => {
      const x = index * step;
      const y = height - ((value - bottom) / span) * height;
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
