// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bindKeys } from '../../src/lib/keyboard';

const unbind: (() => void)[] = [];

afterEach(() => {
  for (const each of unbind.splice(0)) each();
  document.body.replaceChildren();
});

function bind(...keys: string[]) {
  const pressed: string[] = [];
  unbind.push(bindKeys(Object.fromEntries(keys.map((key) => [key, () => pressed.push(key)]))));
  return pressed;
}

function press(key: string, options: KeyboardEventInit & { on?: EventTarget; at?: number } = {}) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options });
  Object.defineProperty(event, 'timeStamp', { value: options.at ?? 0 });
  (options.on ?? document.body).dispatchEvent(event);
}

describe('keyboard commands', () => {
  it('obey one key, and two in a row', () => {
    const pressed = bind('j', 'g f');
    press('j');
    press('g', { at: 0 });
    press('f', { at: 500 });
    expect(pressed).toEqual(['j', 'g f']);
  });

  it('forget the first key of a sequence after a pause or another key', () => {
    const pressed = bind('g f');
    press('g', { at: 0 });
    press('f', { at: 5_000 });
    press('g', { at: 6_000 });
    press('x', { at: 6_100 });
    press('f', { at: 6_200 });
    expect(pressed).toEqual([]);
  });

  it('are silent while someone types, and for shortcuts of the browser', () => {
    const pressed = bind('j', '/');
    for (const tag of ['input', 'textarea', 'select']) {
      const field = document.createElement(tag);
      document.body.append(field);
      press('j', { on: field });
    }
    press('j', { ctrlKey: true });
    press('j', { metaKey: true });
    expect(pressed).toEqual([]);
  });

  it('are silent behind an open dialog', () => {
    const pressed = bind('j');
    const dialog = document.createElement('dialog');
    dialog.setAttribute('open', '');
    document.body.append(dialog);
    press('j');
    expect(pressed).toEqual([]);
  });

  it('go to the page that bound them last, until it leaves', () => {
    const below = vi.fn();
    const above = vi.fn();
    unbind.push(bindKeys({ j: below }));
    const leave = bindKeys({ j: above });
    press('j');
    leave();
    press('j');
    expect([above.mock.calls.length, below.mock.calls.length]).toEqual([1, 1]);
  });
});
