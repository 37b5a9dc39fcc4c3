// One afternoon of a company that begins: it is founded, makes a campaign from a template, connects three buyers on known
// platforms with caps and return terms, sells its first lead, finds out why a buyer did not get one, changes a cap and sees
// it act at once, takes that back, and takes a lead back that a buyer asks to return. Its report says the same as its file.
import type { APIRequestContext, Browser, Page } from '@playwright/test';
import { PASSWORD, gavel, link, signIn } from '../support/people';
import { accessible, expect, test, visit } from '../support/test';

test.use({ storageState: { cookies: [], origins: [] } });

const own = `afternoon-${process.pid}`;
const email = (who: string) => `${who}.${process.pid}@afternoon.example`;
let leads = 0;

/** Sends a lead with a key, as a form would. */
async function send(request: APIRequestContext, key: string) {
  const number = ++leads;
  const fields = {
    zip: '48226', state: 'MI', home_owner: true, property_type: 'single family', electric_bill: '$151-200', roof_shade: 'none',
    first_name: 'Dana', last_name: 'Reyes', email: `dana${number}@afternoon.example`, phone: `(906) 555-${1000 + number}`,
  };
  const data = { campaign: 'solar', external_id: `${own}-${number}`, fields };
  const answer = await request.post('/api/v1/leads', { headers: { authorization: `Bearer ${key}` }, data });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()) as { lead_id: string; status: string; payout: { amount: string } };
}

/** What the auction on a lead's page says of a buyer. */
async function verdict(page: Page, lead: string, buyer: string) {
  await visit(page, `/leads/${lead}`);
  return page.getByRole('table', { name: /auction|waterfall/i }).getByRole('row').filter({ hasText: buyer }).first();
}

/** Saves what a page of configuring shows. */
async function save(page: Page) {
  await page.getByRole('button', { name: 'Save and publish' }).click();
  await expect(page.getByRole('status').first()).toContainText('saved and in effect');
}

/** Whoever looks after the server founds the company; its first administrator takes up the invitation. */
async function found(page: Page, browser: Browser) {
  const root = email('root');
  gavel(['user', 'create', 'demo', root, '--name', 'Ros Root', '--role', 'viewer'], `${PASSWORD}\n`);
  gavel(['user', 'superadmin', root]);
  const theirs = await browser.newContext();
  const server = await theirs.newPage();
  await signIn(server, { email: root, password: PASSWORD });
  await expect(server.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await visit(server, '/tenants');
  await server.getByLabel('Company', { exact: true }).fill('Afternoon Leads');
  await server.getByLabel('Short name').fill(own);
  await server.getByLabel('First administrator').fill('Ada After');
  await server.getByLabel('E-mail of the administrator').fill(email('ada'));
  await server.getByRole('button', { name: 'Found the company' }).click();
  await expect(server.getByRole('status')).toContainText('The company is there');
  await theirs.close();
  await join(page, email('ada'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
}

/** Takes up an invitation and signs in. */
async function join(page: Page, who: string) {
  await visit(page, await link(who));
  await page.getByLabel('Password, at least 12 characters').fill(PASSWORD);
  await page.getByLabel('The same again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Choose this password' }).click();
  await signIn(page, { email: who, password: PASSWORD });
}

/** Connects a buyer by the preset of its platform, with a cap and seven days to give leads back. */
async function buyer(page: Page, name: string, preset: string, dialect: string, values: Record<string, string>) {
  await visit(page, '/buyers/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Short name', { exact: true }).fill(name.toLowerCase());
  await page.getByLabel('Legal entity').fill(`${name} LLC`);
  await page.getByRole('button', { name: 'Make the buyer' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('link', { name: 'New contract' }).click();
  await page.getByRole('region', { name: 'In which campaign does it buy?' }).getByRole('link').first().click();
  await page.getByRole('link', { name: preset, exact: true }).click();
  await page.getByLabel('Name of the contract').fill('Standard');
  const base = `http://${process.env.E2E_SANDBOX}/dialects/${dialect}`;
  for (const [place, value] of Object.entries({ BASE: base, ...values })) {
    await page.locator(`[id="f-preset-values-${place}"]`).fill(value === 'BASE' ? base : value);
  }
  await page.getByRole('button', { name: 'Make the contract' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Standard' })).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('status').first()).toContainText('active again');
  await page.getByRole('button', { name: 'Add cap' }).click();
  await page.getByRole('group', { name: 'cap 1' }).getByLabel('Leads', { exact: true }).fill('20');
  await page.getByLabel('Days to give it back').fill('7');
  await save(page);
  return page.url();
}

test('from nothing to a sold lead in an afternoon, and what comes after', async ({ page, browser, request }) => {
  test.setTimeout(300_000);
  await found(page, browser);

  await visit(page, '/campaigns/new?from=solar');
  await page.getByLabel('Where the consumer goes').fill('https://form.example/thanks');
  await page.getByLabel('A lead needs a consent record').uncheck();
  await page.getByRole('button', { name: 'Make the campaign' }).click();
  await expect(page).toHaveURL(/\/campaigns\/cmp_/);
  await visit(page, '/sources/new');
  await page.getByLabel('Name', { exact: true }).fill('Own form');
  await page.getByLabel('Short name', { exact: true }).fill('form');
  await page.getByLabel('Share', { exact: true }).fill('50');
  await page.getByRole('button', { name: 'Make the source' }).click();
  await page.locator('#f-key-name').fill('Form');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.getByLabel('The new key').inputValue();

  const secret = 'sandbox-key';
  await buyer(page, 'Sunrise', 'PX', 'px', { TESTBASE: 'BASE', VERTICAL: 'Solar', TOKEN: secret });
  await buyer(page, 'Noonday', 'Leadspedia', 'leadspedia', { CAMPAIGN: secret, KEY: secret });
  await buyer(page, 'Sunset', 'Lead Prosper', 'leadprosper', { CAMPAIGN: secret, SUPPLIER: secret, KEY: secret });

  // The first sale, and who got it.
  const first = await send(request, key);
  expect(first.status, JSON.stringify(first)).toBe('sold');
  await visit(page, `/leads/${first.lead_id}`);
  const auction = page.getByRole('table', { name: /auction|waterfall/i });
  for (const name of ['Sunrise', 'Noonday', 'Sunset']) await expect(auction).toContainText(name);
  const winner = (await auction.getByRole('row').filter({ has: page.getByText('Sold', { exact: true }) }).first().innerText()).match(/Sunrise|Noonday|Sunset/)![0];

  // Its cap goes down to what it has: from the next lead on it is left out, and the lead's page says why.
  await visit(page, '/buyers');
  await page.getByRole('link', { name: winner }).click();
  await page.getByRole('link', { name: 'Standard' }).first().click();
  const contract = page.url();
  await page.getByRole('group', { name: 'cap 1' }).getByLabel('Leads', { exact: true }).fill('1');
  await save(page);
  const second = await send(request, key);
  await expect(await verdict(page, second.lead_id, winner)).toContainText(/cap/i);
  await accessible(page);

  // Undone, it is asked again at once. Whether it also wins is for the draw: all three bid the same.
  await visit(page, contract);
  await page.locator('#history').getByRole('button', { name: /^Restore version/ }).first().click();
  await expect(page.getByRole('group', { name: 'cap 1' }).getByLabel('Leads', { exact: true })).toHaveValue('20');
  const third = await send(request, key);
  const asked = await verdict(page, third.lead_id, winner);
  await expect(asked).toContainText('12.50');
  await expect(asked).not.toContainText(/cap/i);

  // Somebody of the buyer is invited, and asks to give the lead back; it is taken back, and the report says so.
  await visit(page, '/people');
  await page.getByLabel('Name').fill('Bo Buyer');
  await page.getByLabel('E-mail').fill(email('bo'));
  await page.getByLabel('Role').first().selectOption('buyer');
  await page.getByLabel('Buyer', { exact: true }).first().selectOption({ label: winner });
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page.getByRole('status')).toContainText('The invitation is on its way');
  const theirs = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const portal = await theirs.newPage();
  await join(portal, email('bo'));
  await visit(portal, `/portal/leads/${first.lead_id}`);
  await portal.getByLabel('What is wrong with it').selectOption({ index: 1 });
  await portal.getByLabel('What happened').fill('The number is not in service.');
  await portal.getByRole('button', { name: 'Ask to give it back' }).click();
  await expect(portal.getByText('It waits for a decision.')).toBeVisible();
  await visit(page, '/returns');
  await page.getByRole('button', { name: /^Take back lead/ }).click();
  await expect(page.getByRole('status')).toContainText('The lead is back');
  await visit(portal, `/portal/leads/${first.lead_id}`);
  await expect(portal.getByText('It was taken back, and you do not pay for it.')).toBeVisible();
  await theirs.close();

  // What the report shows is what its file says.
  await visit(page, '/reports?by=buyer&span=today');
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: winner }) });
  const file = await (await page.request.get('/reports.csv?by=buyer&span=today')).text();
  const [head, line] = [file.split('\r\n')[0], file.split('\r\n').find((line) => line.includes(winner))!];
  const cell = (name: string) => line.split(',')[head.split(',').indexOf(name)];
  expect(Number(cell('returned'))).toBe(1);
  await expect(row).toContainText(cell('sold'));
});
