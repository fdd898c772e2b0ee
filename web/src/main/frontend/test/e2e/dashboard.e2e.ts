import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, setting } from './browser';
import { Instance } from './instance';

/**
 * A person's first hour with the dashboard, in a real browser against a running platform that has not seen a server
 * yet. The steps build on each other.
 */
describe('the dashboard', () => {
  const url = setting('WOLVERINE_E2E_URL').replace(/\/$/, '');
  const email = setting('WOLVERINE_E2E_EMAIL');
  const password = setting('WOLVERINE_E2E_PASSWORD');

  let browser: Browser;
  /** The one that the page showed. */
  let key: string;
  let first: Instance;
  let leaking: Instance;
  let crashed: Instance;

  beforeAll(async () => {
    browser = await Browser.open();
  });

  afterAll(async () => {
    await browser?.close();
  });

  const row = (name: string) => browser.page.locator('[role=row][data-server]').filter({ hasText: name });
  const names = () => browser.page.locator('[role=gridcell] a').allInnerTexts();

  it('asks for a login, and says honestly that a password is wrong', async () => {
    const { page } = browser;
    await page.goto(`${url}/?sort=memory`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await browser.inspect('login');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('E-mail or password is wrong.').waitFor();
    await browser.inspect('login-wrong');
  });

  it('returns after login to the page that was wanted', async () => {
    const { page } = browser;
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Connect your first server' }).waitFor();
    expect(new URL(page.url()).search).toBe('?sort=memory');
    await page.goto(url);
  });

  it('waits for the first heartbeat with a key that is shown once', async () => {
    const { page } = browser;
    await page.getByText('Waiting for the first heartbeat').waitFor();
    await browser.inspect('first-run');
    await page.getByRole('button', { name: 'Create ingest key' }).click();
    const lines = page.locator('pre', { hasText: 'wlvk_' });
    await lines.waitFor();
    const text = await lines.innerText();
    expect(text).toContain(`WOLVERINE_PLATFORM_URL=${url}`);
    key = /WOLVERINE_PLATFORM_KEY=(wlvk_\w+)/.exec(text)?.[1] ?? 'none was shown';
    first = new Instance(url, key, 'wlv_e2e000000001', 'api-prod');
    leaking = new Instance(url, key, 'wlv_e2e000000002', 'checkout-eu');
    crashed = new Instance(url, key, 'wlv_e2e000000003', 'billing-us');
    await browser.inspect('first-run-key');
  });

  it('turns to connected by itself, and shows the server', async () => {
    const { page } = browser;
    await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
    await first.beat({ memoryMb: 131 });
    await page.getByText('Connected: api-prod').waitFor();
    await browser.inspect('first-run-connected');
    await page.getByRole('link', { name: 'See the fleet' }).click();
    await row('api-prod').waitFor();
    expect(await row('api-prod').innerText()).toContain('131 MB');
  });

  it('follows a server without a reload', async () => {
    const { page } = browser;
    await page.locator('.feed.live').waitFor();
    await page.mouse.move(5, 5);
    await first.beat({ memoryMb: 222, cpuPercent: 41.5 });
    await row('api-prod').getByText('222 MB').waitFor({ timeout: 5_000 });
    expect(await row('api-prod').innerText()).toContain('41.5 %');
    expect(await page.evaluate(() => 'notReloaded' in globalThis)).toBe(true);
  });

  it('shows new servers as they come, the worst first, and tells the tab', async () => {
    const { page } = browser;
    await leaking.beat({ memoryMb: 480, failingRoutes: 2 });
    await crashed.beat({ memoryMb: 64, status: 'down' });
    await row('checkout-eu').waitFor();
    await row('billing-us').getByText('Down', { exact: true }).waitFor();
    await expect.poll(async () => (await names())[0]).toBe('billing-us');
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) Fleet · Wolverine$/);
    const icon = decodeURIComponent((await page.locator('link[rel=icon]').getAttribute('href')) ?? '');
    expect(icon).toContain('M19 19l8 8');
    expect(await page.evaluate(() => 'notReloaded' in globalThis)).toBe(true);
    await browser.inspect('fleet');
  });

  it('sorts by the server, says so to screen readers and in the URL, and goes back', async () => {
    const { page } = browser;
    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('button').click();
    await expect.poll(names).toEqual(['checkout-eu', 'api-prod', 'billing-us']);
    expect(new URL(page.url()).search).toBe('?sort=memory');
    expect(await page.getByRole('columnheader', { name: 'Memory' }).getAttribute('aria-sort')).toBe('descending');
    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('button').click();
    await expect.poll(names).toEqual(['billing-us', 'api-prod', 'checkout-eu']);
    await page.goBack();
    await page.goBack();
    expect(new URL(page.url()).search).toBe('');
    await expect.poll(async () => (await names())[0]).toBe('billing-us');
  });

  it('filters by status and by text, and says why nothing is there', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: /Down/ }).click();
    await expect.poll(names).toEqual(['billing-us']);
    expect(new URL(page.url()).search).toBe('?status=down');
    await page.reload();
    await expect.poll(names).toEqual(['billing-us']);
    await page.getByRole('button', { name: /All/ }).click();
    await expect.poll(async () => (await names()).length).toBe(3);
    await page.keyboard.press('/');
    await page.keyboard.type('checkout');
    await expect.poll(names).toEqual(['checkout-eu']);
    await page.keyboard.type(' nothing');
    await page.getByRole('heading', { name: 'No server matches' }).waitFor();
    await browser.inspect('fleet-empty');
    await page.getByRole('button', { name: 'Show all servers' }).click();
    await expect.poll(async () => (await names()).length).toBe(3);
  });

  it('does not move rows while someone is in the table', async () => {
    const { page } = browser;
    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('button').click();
    await expect.poll(names).toEqual(['checkout-eu', 'api-prod', 'billing-us']);
    await row('api-prod').hover();
    await crashed.beat({ memoryMb: 999 });
    await row('billing-us').getByText('999 MB').waitFor();
    await page.getByText('Order held while you are here').waitFor();
    expect(await names()).toEqual(['checkout-eu', 'api-prod', 'billing-us']);
    await page.mouse.move(5, 5);
    await expect.poll(names).toEqual(['billing-us', 'checkout-eu', 'api-prod']);
  });

  it('opens a server by keyboard and shows its history', async () => {
    const { page } = browser;
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'checkout-eu' }).waitFor();
    await page.locator('canvas').first().waitFor();
    expect(await page.title()).toMatch(/checkout-eu · Wolverine$/);
    expect(await page.getByRole('img', { name: /480 MB now/ }).count()).toBe(1);
    await browser.inspect('server');
    await page.getByText('View as table').click();
    await page.getByRole('region', { name: 'Heartbeats as a table' }).waitFor();
    await browser.inspect('server-table');
    await page.getByRole('link', { name: '7 d' }).click();
    await page.getByRole('img', { name: /the last 7 days/ }).first().waitFor();
    expect(new URL(page.url()).search).toBe('?range=7d');
    await leaking.beat({ memoryMb: 501 });
    await page.getByText('501 MB', { exact: true }).first().waitFor({ timeout: 5_000 });
    await page.keyboard.press('[');
    await page.getByRole('heading', { name: 'billing-us' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await row('api-prod').waitFor();
  });

  it('explains its keys', async () => {
    const { page } = browser;
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor();
    await browser.inspect('help');
    await page.keyboard.press('Escape');
  });

  it('greets a further server on the page to connect one', async () => {
    const { page } = browser;
    await page.getByRole('link', { name: /Connect/ }).click();
    await page.getByText('Waiting for the first heartbeat of a new server').waitFor();
    await browser.inspect('connect');
    await new Instance(url, key, 'wlv_e2e000000004', 'search-prod').beat({ memoryMb: 77 });
    await page.getByText('Connected: search-prod').waitFor();
  });

  it('finds a server and a page by a few letters', async () => {
    const { page } = browser;
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a server' }).fill('check');
    await page.getByRole('option', { name: /checkout-eu/ }).waitFor();
    await browser.inspect('palette');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'checkout-eu' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a server' }).fill('audit');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
    await page.getByRole('cell', { name: /made the key/ }).first().waitFor();
    await browser.inspect('settings-audit');
  });

  it('tags a server, takes that back, and filters by tags', async () => {
    const { page } = browser;
    await page.goto(`${url}/servers/wlv_e2e000000001`);
    await page.getByRole('button', { name: 'Tags' }).click();
    await page.getByLabel('Tags', { exact: true }).fill('eu, canary');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'canary' }).waitFor();
    await page.getByText('Tagged eu, canary.').waitFor();
    await page.goto(`${url}/?tag=canary`);
    await expect.poll(names).toEqual(['api-prod']);
    await page.getByRole('link', { name: 'Map' }).click();
    await page.getByRole('img', { name: /Heat map of 4 servers/ }).waitFor();
    await browser.inspect('fleet-map');
    await page.goBack();
    await expect.poll(names).toEqual(['api-prod']);
  });

  it('keeps a view for everybody', async () => {
    const { page } = browser;
    await page.locator('summary', { hasText: 'Views' }).click();
    await page.getByRole('button', { name: 'Keep this view …' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Canaries');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByText('“Canaries” is kept').waitFor();
    await page.goto(url);
    await page.locator('summary', { hasText: 'Views' }).click();
    await page.getByRole('link', { name: 'Canaries' }).click();
    await expect.poll(names).toEqual(['api-prod']);
    expect(new URL(page.url()).search).toBe('?tag=canary');
  });

  it('makes a key that is shown once, rotates it, and revokes it', async () => {
    const { page } = browser;
    await page.goto(`${url}/settings/keys`);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Nightly report');
    await page.getByLabel('Role').selectOption('viewer');
    await browser.inspect('settings-key-new');
    await page.getByRole('button', { name: 'Create key' }).click();
    const shown = page.locator('.secret pre');
    const made = await shown.innerText();
    expect(made).toMatch(/^wlvk_/);
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain(made);
    await page.getByRole('button', { name: /Rotate Nightly report/ }).click();
    await page.getByRole('button', { name: 'Make the successor' }).click();
    await shown.waitFor();
    expect(await shown.innerText()).not.toBe(made);
    await page.getByRole('button', { name: 'I have it' }).click();
    const reports = page.getByRole('row', { name: /Nightly report/ });
    await expect.poll(() => reports.count()).toBe(2);
    await page.getByText('ends soon').waitFor();
    await browser.inspect('settings-keys');
    await page.getByRole('button', { name: /Revoke Nightly report/ }).first().click();
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await expect.poll(() => reports.count()).toBe(1);
  });

  it('invites a member with a link that is shown once, and says what is wrong beside the field', async () => {
    const { page } = browser;
    await page.goto(`${url}/settings/people`);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('E-mail').fill('ann@example.org');
    await page.getByLabel('Role').selectOption('operator');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const shown = page.locator('.secret pre');
    expect(await shown.innerText()).toContain(`${url}/link#`);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('row', { name: /ann@example.org/ }).waitFor();
    await browser.inspect('settings-people');
  });

  it('opens the pairing window and shows how long', async () => {
    const { page } = browser;
    await page.goto(`${url}/settings/enrolment`);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('timer', { name: 'Time left' }).waitFor();
    await browser.inspect('settings-enrolment');
    await page.getByRole('button', { name: 'Close now' }).click();
    await page.getByText('Closed', { exact: true }).waitFor();
  });

  it('shows the other settings', async () => {
    const { page } = browser;
    for (const section of ['account', 'quarantine', 'storage']) {
      await page.goto(`${url}/settings/${section}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText('Loading').waitFor({ state: 'detached' });
      await browser.inspect(`settings-${section}`);
    }
  });

  it('writes a rule as a sentence, previews it and keeps it', async () => {
    const { page } = browser;
    await page.goto(`${url}/alerts/rules`);
    await page.getByText('A server is silent for').waitFor();
    await browser.inspect('rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Too much memory');
    await page.getByLabel('Value').fill('400');
    await page.getByText('memory mb is above 400.').waitFor();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/Would have fired \d+ times? in the last 14 days/).waitFor();
    await browser.inspect('rule-editor');
    await page.getByRole('button', { name: 'Keep rule' }).click();
    await page.getByText('“Too much memory” is kept.').waitFor();
    await page.getByRole('button', { name: 'Edit Too much memory' }).waitFor();
  });

  it('shows alerts, silences and channels', async () => {
    const { page } = browser;
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('group', { name: 'Which alerts' }).waitFor();
    await browser.inspect('alerts');
    await page.getByRole('link', { name: 'Silences' }).click();
    await page.getByRole('button', { name: 'New silence' }).click();
    await page.getByLabel('What', { exact: true }).fill('tag=canary');
    await page.getByText(/open alert|No alert that is open/).waitFor();
    await page.getByLabel('Why', { exact: true }).fill('Trying things out');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await page.getByRole('cell', { name: 'Trying things out' }).waitFor();
    await browser.inspect('silences');
    await page.getByRole('link', { name: 'Channels' }).click();
    await page.getByRole('heading', { name: 'Nobody is told' }).waitFor();
    await browser.inspect('channels');
  });

  it('keeps a budget and says how it stands', async () => {
    const { page } = browser;
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { name: 'Analytics' }).waitFor();
    await page.getByText('Mean time to healthy').waitFor();
    await browser.inspect('analytics');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'New budget' }).click();
    await page.getByLabel('Name', { exact: true }).fill('All of it');
    await page.getByLabel('Limit in dollars').fill('ten');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByText('ten (expected: dollars, as 250 or 99.50)').waitFor();
    await browser.inspect('budget-wrong');
    await page.getByLabel('Limit in dollars').fill('250');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByRole('meter', { name: 'All of it: used' }).waitFor();
    await browser.inspect('cost');
  });

  it('knows when an address leads nowhere', async () => {
    const { page } = browser;
    await page.goto(`${url}/servers/wlv_nobody`);
    await page.getByRole('heading', { name: 'This server is not known' }).waitFor();
    await browser.inspect('server-unknown');
    await page.goto(`${url}/nowhere`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await browser.inspect('missing');
  });

  it('says that it is not live when the feed is away, and asks by itself', async () => {
    const { page } = browser;
    await page.routeWebSocket('**/ws/live', (socket) => void socket.close());
    await page.goto(url);
    await page.getByText('The live feed is down.').waitFor();
    await browser.inspect('fleet-stale');
    await page.mouse.move(5, 5);
    await first.beat({ memoryMb: 333 });
    await row('api-prod').getByText('333 MB').waitFor();
    await page.unrouteAll();
  });

  it('says what failed when the platform does, and keeps what was known', async () => {
    const { page } = browser;
    await page.route('**/api/v1/servers?*', (route) => void route.fulfill({ status: 503 }));
    await page.getByText('The fleet could not be read.').waitFor();
    expect((await names()).length).toBe(4);
    await browser.inspect('fleet-error');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('The fleet could not be read.').waitFor({ state: 'detached' });
  });

  it('keeps the chosen theme', async () => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('button', { name: 'Account and theme' }).click();
    await page.getByRole('radio', { name: 'Light' }).check();
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
    await page.getByRole('button', { name: 'Account and theme' }).click();
    await browser.inspect('account');
    await page.getByRole('radio', { name: 'System' }).check();
  });

  it('logs out, and needs a login again', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.goto(`${url}/servers/wlv_e2e000000001`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(new URL(page.url()).search).toContain('wlv_e2e000000001');
  });

  it('had no error in any script, and nothing against its own security policy', () => {
    expect(browser.complaints).toEqual([]);
  });
});
