import type { Status } from './api/types';

/** The mark in the tab: a claw with the worst state of the fleet as a coloured shape in its corner. */
export function faviconUrl(worst: Status | null): string {
  const claw =
    '<rect width="32" height="32" rx="7" fill="#1b1d24"/>' +
    '<path d="M8 7l4 18M14 7l4 18M20 7l4 18" stroke="#f3f4f6" stroke-width="3.2" stroke-linecap="round"/>';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${claw}${badge(worst)}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function badge(worst: Status | null): string {
  switch (worst) {
    case 'down':
      return '<rect x="14" y="14" width="18" height="18" rx="5" fill="#e5484d"/><path d="M19 19l8 8M27 19l-8 8" stroke="#fff" stroke-width="3" stroke-linecap="round"/>';
    case 'degraded':
      return '<path d="M23 13L33 31H13Z" fill="#f5c542" stroke="#1b1d24" stroke-width="1.5" stroke-linejoin="round"/>';
    case 'unknown':
      return '<circle cx="23" cy="23" r="7" fill="#1b1d24" stroke="#a6abb7" stroke-width="3"/>';
    case 'healthy':
    case null:
      return '';
  }
}
