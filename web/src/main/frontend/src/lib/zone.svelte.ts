export type ZoneChoice = 'local' | 'utc';

const STORAGE_KEY = 'wolverine.zone';

/** Whether times are shown as of the reader's place or in UTC. */
class Zone {
  choice = $state<ZoneChoice>(readChoice());

  /** For `Intl`: undefined is the reader's own. */
  get name(): string | undefined {
    return this.choice === 'utc' ? 'UTC' : undefined;
  }

  choose(choice: ZoneChoice): void {
    this.choice = choice;
    try {
      localStorage.setItem(STORAGE_KEY, choice);
    } catch {
      // Storage is switched off: the choice lasts until the page is closed.
    }
  }
}

function readChoice(): ZoneChoice {
  try {
    return localStorage.getItem(STORAGE_KEY) === 'utc' ? 'utc' : 'local';
  } catch {
    return 'local';
  }
}

export const zone = new Zone();

/** For the API, which needs a name: `UTC`, `Asia/Kolkata`. */
export function timeZone(): string {
  return zone.name ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
