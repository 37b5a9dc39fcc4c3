// An operator configures the exchange in the browser: a campaign, a source, its key; a routing published and rolled back;
// faults beside their fields; an endpoint and its test.
import { type Page, test as plain } from '@playwright/test';
import { accessible, expect, fits, test, visit } from '../support/test';

let made = 0;
const name = (what: string) => `${what} ${process.pid} ${++made}`;
const slug = (text: string) => text.toLowerCase().replaceAll(' ', '-');

/** Types into a field without the mouse. */
async function type(page: Page, label: string, text: string) {
  const field = page.getByLabel(label, { exact: true });
  await field.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

/** Presses a button without the mouse. */
async function press(page: Page, label: string) {
  await page.getByRole('button', { name: label, exact: true }).focus();
  await page.keyboard.press('Enter');
}

/** A campaign from a template; its page is open afterwards. */
async function campaign(page: Page): Promise<string> {
  const title = name('Solar');
  await visit(page, '/campaigns/new?from=solar');
  await type(page, 'Name', title);
  await type(page, 'Short name', slug(title));
  await type(page, 'Where the consumer goes', 'https://form.example/thanks');
  await page.getByLabel('A lead needs a consent record').focus();
  await page.keyboard.press('Space');
  await press(page, 'Make the campaign');
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  return title;
}

test('a campaign, a source and a key by keyboard, and a lead with that key', async ({ page, request }) => {
  const title = await campaign(page);
  const source = name('Affiliate');
  await visit(page, '/sources/new');
  await type(page, 'Name', source);
  await type(page, 'Short name', slug(source));
  await type(page, 'Share', '62.5');
  await press(page, 'Make the source');
  await expect(page.getByRole('heading', { level: 1, name: source })).toBeVisible();
  await page.locator('#f-key-name').fill('Form');
  await page.getByRole('group', { name: 'Only for these campaigns' }).getByLabel(title).focus();
  await page.keyboard.press('Space');
  await press(page, 'Make the key');
  const key = await page.getByLabel('The new key').inputValue();

  await page.getByRole('link', { name: title }).click();
  await expect(page.locator('pre')).toContainText(`"campaign": "${slug(title)}"`);
  const lead = {
    campaign: slug(title),
    external_id: 'first',
    fields: {
      zip: '48226', state: 'MI', home_owner: true, property_type: 'single family', electric_bill: '$151-200', roof_shade: 'none',
      first_name: 'Dana', last_name: 'Reyes',
      email: 'dana@example.com', phone: '(906) 555-0142',
    },
  };
  const answer = await request.post('/api/v1/leads', { headers: { authorization: `Bearer ${key}` }, data: lead });
  expect(answer.status(), await answer.text()).toBe(200);
  expect((await answer.json()).status).toBe('unsold');

  await visit(page, '/sources');
  await page.getByRole('link', { name: source }).click();
  await page.getByText('Revoke…').click();
  await page.getByRole('button', { name: 'Yes, revoke it' }).click();
  await expect(page.locator('#keys')).toContainText('Revoked');
});

// The browser itself reports the 422 on the console, so this journey does not ask for silence.
plain('faults stand beside their fields, and what was typed stays', async ({ page }) => {
  await visit(page, '/campaigns/new?from=auto-insurance');
  await page.getByLabel('Short name', { exact: true }).fill('Not A Slug');
  await page.getByLabel('Floor', { exact: true }).fill('a lot');
  await page.getByRole('button', { name: 'Make the campaign' }).click();
  await expect(page.getByRole('alert')).toContainText('to be put right');
  await expect(page.getByLabel('Floor', { exact: true })).toHaveValue('a lot');
  await expect(page.getByLabel('Floor', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('alert').getByRole('link', { name: 'auction, floor' }).click();
  await expect(page.locator('#f-auction-floor')).toBeInViewport();
});

test('a routing is drafted, published and rolled back', async ({ page }) => {
  const title = await campaign(page);
  const floor = await page.getByLabel('Floor', { exact: true }).inputValue();
  expect(floor).not.toBe('9.50');
  await page.getByRole('button', { name: 'Add tier' }).click();
  await page.getByRole('group', { name: 'tier 1' }).getByLabel('Name', { exact: true }).fill('Premium');
  await page.getByLabel('Floor', { exact: true }).fill('9.50');
  await page.getByRole('button', { name: 'Save as draft' }).click();
  await expect(page.getByRole('heading', { name: 'Draft, not in effect yet' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Why (for the history)' }).first().fill('Premium first');
  await page.getByRole('button', { name: 'Publish the draft' }).click();
  await expect(page.getByRole('status').first()).toContainText('published and in effect');
  await expect(page.locator('#history')).toContainText('Premium first');
  await page.getByRole('button', { name: 'Restore version 1' }).click();
  await expect(page.getByLabel('Floor', { exact: true })).toHaveValue(floor);
  await expect(page.getByRole('group', { name: 'tier 1' })).toHaveCount(0);
  await visit(page, '/history');
  await expect(page.locator('.change').first()).toContainText(title);
});

test('hours are painted with the pointer, and a paint is taken back', async ({ page }) => {
  await visit(page, '/buyers');
  await visit(page, (await page.locator('tbody th a').first().getAttribute('href'))!);
  await visit(page, (await page.locator('main a[href^="/contracts/con_"]').first().getAttribute('href'))!);
  await page.getByRole('radio', { name: 'Hours of the week' }).check();
  const grid = page.getByRole('grid', { name: 'A ticked hour is open' });
  const at = (name: string) => grid.getByRole('checkbox', { name, exact: true });
  const summary = page.locator('.week-summary');
  await page.getByRole('button', { name: 'None', exact: true }).click();
  await expect(summary).toHaveText('No hour is ticked: tick those in which it buys.');

  const drag = async (from: string, to: string) => {
    const [a, b] = [(await at(from).boundingBox())!, (await at(to).boundingBox())!];
    await page.mouse.move(a.x + 12, a.y + 12);
    await page.mouse.down();
    await page.mouse.move(b.x + 12, b.y + 12, { steps: 6 });
  };
  await drag('Fri 12:00', 'Mon 08:00');
  await expect(summary).toHaveText('Open Mon–Fri 08:00–13:00.');
  await page.mouse.up();
  await expect(page.getByText('Monday to Friday 08:00 to 13:00 open')).toBeAttached();
  // The first hour decides: from an open one on, it closes.
  await drag('Wed 10:00', 'Wed 11:00');
  await page.mouse.up();
  await expect(summary).toHaveText('Open Mon–Tue, Thu–Fri 08:00–13:00; Wed 08:00–10:00; Wed 12:00–13:00.');
  await drag('Sat 08:00', 'Sun 20:00');
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(at('Sun 20:00')).not.toBeChecked();
  await at('Sat 09:00').click();
  await expect(at('Sat 09:00')).toBeChecked();
  await grid.getByRole('columnheader', { name: '09', exact: true }).click();
  await expect(at('Sun 09:00')).toBeChecked();
  await grid.getByRole('rowheader', { name: 'Mon', exact: true }).click();
  await page.getByRole('button', { name: 'Copy Monday to weekdays' }).click();
  await expect(summary).toHaveText('Open Mon–Fri 00:00–24:00; Sat–Sun 09:00–10:00.');
  // The written hours are the same hours.
  await page.getByRole('radio', { name: 'Written' }).check();
  await expect(page.getByLabel('Open', { exact: true })).toHaveValue('Mon–Fri 00:00–24:00\nSat–Sun 09:00–10:00');
});

test('an endpoint is made and tested', async ({ page }) => {
  await visit(page, '/endpoints/new');
  await page.getByLabel('Name', { exact: true }).fill(name('Tracker'));
  await page.getByLabel('Address', { exact: true }).fill(`http://${process.env.E2E_SANDBOX}/nowhere`);
  await page.getByRole('button', { name: 'Make the endpoint' }).click();
  await expect(page.getByLabel('The secret')).toHaveValue(/^whsec_/);
  await page.getByRole('link', { name: 'Go on to the endpoint' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.locator('#fired')).toContainText('404');
  await expect(page.locator('#fired')).toContainText('lead.sold');
});

test('every page of configuring is accessible and fits a phone', async ({ page }) => {
  await visit(page, '/campaigns');
  const one = await page.locator('tbody th a').first().getAttribute('href');
  await visit(page, '/sources');
  const source = await page.locator('tbody th a').first().getAttribute('href');
  for (const path of [one!, source!, '/campaigns/new', '/sources', '/sources/new', '/endpoints', '/endpoints/new', '/history', '/account']) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await visit(page, path);
    await accessible(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await fits(page);
  }
});
