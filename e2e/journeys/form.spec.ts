// Consumers: a form on somebody's own page, on another origin, with the script it is given; and the form of ours. Keys and
// switches are made through the API: what is looked at here is what the consumer gets.
import { type APIRequestContext, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { accessible, expect, fits, test } from '../support/test';

const TEXT = 'By clicking Get quotes you agree to be called about car insurance at this number.';
const PERSON = { first_name: 'Dana', last_name: 'Reyes', email: `form.${process.pid}@example.com` };

let site: Server;
let origin: string;
let html = '';
/** What the page may load and reach: nothing inline, and the exchange. */
let policy = '';
let token = '';

/** A number that no other journey has. */
const phone = (n: number) => `(906) 7${String(process.pid % 90).padStart(2, '0')}-${String(n).padStart(4, '0')}`;

async function api(request: APIRequestContext, method: string, path: string, data?: unknown, etag?: string) {
  const headers = { authorization: `Bearer ${token}`, ...(etag ? { 'if-match': etag } : {}) };
  const response = await request.fetch(`/api/v1/admin/${path}`, { method, headers, data });
  expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
  return { body: await response.json(), etag: response.headers().etag };
}

test.beforeAll(async ({ playwright, baseURL }) => {
  const env = { ...process.env, GAVEL_DATA_DIR: process.env.E2E_DATA!, GAVEL_DATABASE_URL: `sqlite://${process.env.E2E_DATA}/gavel.db` };
  const made = execFileSync(process.env.GAVEL_BIN!, ['key', 'create', 'demo', '--operator', '--name', 'Journey'], { env });
  token = made.toString().trim();
  site = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
    answer.end(html);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  policy = `default-src 'none'; script-src ${baseURL}; connect-src ${baseURL}; form-action ${baseURL}; img-src data:`;

  const request = await playwright.request.newContext({ baseURL });
  const find = async (kind: string, slug: string) => {
    const { body } = await api(request, 'GET', kind);
    return body.items.find((item: { slug: string }) => item.slug === slug).id as string;
  };
  const [source, campaign] = [await find('sources', 'own-form'), await find('campaigns', 'auto-insurance')];
  const key = await api(request, 'POST', 'keys', { source, name: 'Page', campaigns: [campaign], origins: [origin] });
  const { body, etag } = await api(request, 'GET', `campaigns/${campaign}`);
  body.hosted_form = { active: true, source_id: source, title: 'Car insurance', consent_text: TEXT, button: 'Get quotes' };
  await api(request, 'PUT', `campaigns/${campaign}`, body, etag);
  const { embed } = (await api(request, 'GET', `campaigns/${campaign}/form`)).body;
  const form = embed.replace('YOUR_PUBLISHABLE_KEY', key.body.key).replaceAll(/https?:\/\/[^"/]+/g, baseURL);
  html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Quotes</title><link rel="icon" href="data:,"><main><h1>Quotes</h1>${form}</main></html>`;
  await request.dispose();
});

test.afterAll(() => new Promise<void>((resolve) => { site.close(() => resolve()); }));

/** Buyers' pages are not there: where they would be, an empty page is. */
async function nowhere(page: Page) {
  await page.route(/^https:\/\//, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Thanks</title>' }));
}

/** Where a form that is sent without script is led, instead of going there: a redirect is followed before it can be held. */
async function led(page: Page, path: string) {
  const to: string[] = [];
  await page.route(path, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch({ maxRedirects: 0 });
    if (response.status() !== 303) return route.fulfill({ response });
    to.push(response.headers().location);
    return route.fulfill({ contentType: 'text/html', body: '<title>On</title><h1>On</h1>' });
  });
  return to;
}

async function fill(page: Page, number: string) {
  await page.getByLabel('ZIP code').fill('48226');
  await page.getByLabel('State').selectOption('MI');
  await page.getByLabel('Age').fill('41');
  await page.getByRole('group', { name: /insured/i }).getByLabel('Yes').check();
  await page.getByLabel('Vehicles').fill('2');
  for (const [name, value] of Object.entries(PERSON)) await page.locator(`[name=${name}]`).fill(value);
  await page.locator('[name=phone]').fill(number);
}

test('a form on another page is checked, sent once, and leads to the buyer', async ({ page }) => {
  await nowhere(page);
  await page.goto(`${origin}/landing?sub1=fb&gclid=g-1&click_id=ef-1`);
  // The next page of the visit: what the address said is kept.
  await page.goto(`${origin}/form`);
  const sent: { body: Record<string, never>; key: string }[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/leads') && request.method() === 'POST') {
      sent.push({ body: request.postDataJSON(), key: request.headers()['idempotency-key'] });
    }
  });
  const send = page.getByRole('button', { name: 'Get quotes' });
  await send.click();
  await expect(page.getByRole('alert')).toContainText('are to be put right');
  await expect(page.locator('[name=zip]')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('[name=zip]')).toBeFocused();
  await accessible(page);

  await fill(page, '12');
  await page.getByRole('checkbox', { name: TEXT }).check();
  await expect(page.locator('#gavel-fault-phone')).toContainText('ten digits');
  await expect(page.locator('[name=phone]')).toHaveAttribute('aria-describedby', /gavel-fault-phone/);
  await page.locator('[name=phone]').fill(phone(1));
  await page.locator('[name=email]').fill('dana@gmial.com');
  await page.locator('[name=first_name]').focus();
  await page.getByRole('button', { name: 'Use dana@gmail.com' }).click();
  await expect(page.locator('[name=email]')).toHaveValue('dana@gmail.com');
  await page.locator('[name=email]').fill(PERSON.email);
  await accessible(page);
  expect(sent).toEqual([]);

  await send.dblclick();
  await expect(page).toHaveURL(/^https:\/\/[a-z]+\.example\//);
  expect(sent.length, 'a double click sends once').toBe(1);
  const { body, key } = sent[0];
  expect(body).toMatchObject({
    campaign: 'auto-insurance', source: { sub1: 'fb', click_id: 'ef-1' },
    fields: { zip: '48226', gclid: 'g-1', currently_insured: 'yes' },
    consent: { text: TEXT, signature: 'checkbox', page_url: `${origin}/form` },
  });
  expect((body as { consent: { user_agent: string; text_version: string } }).consent.user_agent).toContain('Chrom');
  expect((body as { consent: { text_version: string } }).consent.text_version).toMatch(/^ctv_/);

  // Back, and the same again: the same lead.
  await page.goto(`${origin}/form`);
  await fill(page, phone(1));
  await page.getByRole('checkbox', { name: TEXT }).check();
  await send.click();
  await expect(page).toHaveURL(/^https:\/\/[a-z]+\.example\//);
  expect([sent[1].key, sent[1].body]).toEqual([key, body]);
});

test('when the exchange does not check, the form goes on; when it cannot be reached by script, the form goes by itself', async ({ page }) => {
  // The browser says on the console that requests were refused: that is what is tried here.
  page.removeAllListeners('console');
  const to = await led(page, '**/api/v1/forms/*');
  await page.goto(`${origin}/form`);
  await page.route('**/api/v1/validate/**', (route) => route.fulfill({ status: 503, headers: { 'access-control-allow-origin': origin } }));
  await page.route('**/api/v1/leads', (route) => route.abort('failed'));
  await fill(page, phone(2));
  await page.getByRole('checkbox', { name: TEXT }).check();
  const plain = page.waitForRequest((request) => request.url().includes('/api/v1/forms/'));
  await page.getByRole('button', { name: 'Get quotes' }).click();
  expect((await plain).postData()).toContain('idempotency_key=');
  await expect(page.getByRole('heading', { name: 'On' })).toBeVisible();
  expect(to.length).toBe(1);
  expect(to[0]).toMatch(/^https:\/\/[a-z]+\.example\//);
});

test('the form of ours fits a small phone, says what is wrong, and sends', async ({ page }) => {
  // A page that says what is wrong has status 422, and the browser says that on the console.
  page.removeAllListeners('console');
  const to = await led(page, '**/f/**');
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/f/demo/auto-insurance?sub1=fb');
  await expect(page.getByRole('heading', { level: 1, name: 'Car insurance' })).toBeVisible();
  const next = page.getByRole('button', { name: 'Next' });
  await page.getByLabel('ZIP code').fill('1');
  await next.click();
  await expect(page.getByRole('alert')).toContainText('ZIP code');
  await expect(page.getByLabel('ZIP code')).toHaveValue('1');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await fits(page);
    await accessible(page);
  }
  await page.getByLabel('ZIP code').fill('48226');
  await page.getByLabel('State').selectOption('MI');
  await page.getByLabel('Age').fill('41');
  await page.getByRole('group', { name: /insured/i }).getByLabel('Yes').check();
  for (let step = 0; step < 3 && (await next.isVisible()); step++) {
    const vehicles = page.getByLabel('Vehicles');
    if (await vehicles.isVisible()) await vehicles.fill('2');
    await next.click();
  }
  await expect(page.getByText(TEXT)).toBeVisible();
  await fits(page);
  await accessible(page);
  for (const [name, value] of Object.entries(PERSON)) await page.locator(`[name=${name}]`).fill(value);
  await page.locator('[name=phone]').fill(phone(3));
  await page.getByRole('checkbox').check();
  // Nobody is quicker than three seconds; a journey may be, and is told so, with everything still there.
  await expect(async () => {
    const send = page.getByRole('button', { name: 'Get quotes' });
    if (await send.isVisible()) await send.click();
    expect(to.length).toBe(1);
  }).toPass();
  expect(to[0]).toMatch(/^https:\/\/[a-z]+\.example\//);
});
