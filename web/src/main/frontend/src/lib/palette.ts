/** Finds the command that a person means by a few letters. Pure. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  /** What kind of thing it is, as shown beside it. */
  readonly group: 'Page' | 'Action' | 'Server';
  readonly detail?: string;
}

/** Entries that have all letters of the query in order, the closest first; all of them for an empty query. */
export function rank<E extends Entry>(entries: readonly E[], query: string): E[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [...entries];
  return entries
    .map((entry, index) => ({ entry, index, score: scoreOf(entry.label.toLowerCase(), wanted) }))
    .filter(({ score }) => score !== null)
    .sort((one, other) => (other.score ?? 0) - (one.score ?? 0) || one.index - other.index)
    .map(({ entry }) => entry);
}

/** Higher is closer; null where the letters are not there. */
function scoreOf(label: string, query: string): number | null {
  if (label === query) return 1_000;
  if (label.startsWith(query)) return 900 - label.length;
  const word = label.search(new RegExp(`\\b${escape(query)}`));
  if (word >= 0) return 700 - word;
  const within = label.indexOf(query);
  if (within >= 0) return 500 - within;
  let at = -1;
  let gaps = 0;
  for (const letter of query) {
    const next = label.indexOf(letter, at + 1);
    if (next < 0) return null;
    gaps += next - at - 1;
    at = next;
  }
  return 200 - gaps;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
