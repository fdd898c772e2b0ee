/**
 * Single-key commands, and two-key ones such as `g f`. Silent while someone types, while a dialog is open, and for
 * keys held with Ctrl, Alt or Cmd.
 */
export type Commands = Record<string, (event: KeyboardEvent) => void>;

/** Longest pause between the two keys of a sequence, in milliseconds. */
const SEQUENCE_MS = 1_200;

const stack: Commands[] = [];
let prefix: { key: string; at: number } | null = null;

/** The latest page to bind a key wins. @return unbinds */
export function bindKeys(commands: Commands): () => void {
  stack.push(commands);
  if (stack.length === 1) addEventListener('keydown', onKey);
  return () => {
    stack.splice(stack.indexOf(commands), 1);
    if (stack.length === 0) removeEventListener('keydown', onKey);
  };
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const sequence = prefix !== null && event.timeStamp - prefix.at <= SEQUENCE_MS ? `${prefix.key} ${event.key}` : null;
  prefix = null;
  const command = (sequence !== null && find(sequence)) || find(event.key);
  if (command) {
    event.preventDefault();
    command(event);
  } else if (startsSequence(event.key)) {
    prefix = { key: event.key, at: event.timeStamp };
  }
}

function find(keys: string): Commands[string] | undefined {
  return stack.findLast((commands) => commands[keys] !== undefined)?.[keys];
}

function startsSequence(key: string): boolean {
  return stack.some((commands) => Object.keys(commands).some((keys) => keys.startsWith(`${key} `)));
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
