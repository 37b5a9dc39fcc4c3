import { sell, shelf } from '../support/demo';
import { accessible, alive, expect, test, visit } from '../support/test';

/** The words for how a contract came out; every row of the waterfall carries one. */
const STANDING = /^(Sold|Unknown|Lost|Rejected|Failed|Not asked)$/;

test('a lead sold through the API is on the list, and its page says why each contract did or did not get it', async ({
  page,
  request,
}) => {
  const answer = await sell(request);
  await visit(page, '/leads');
  const row = page.getByRole('row').filter({ has: page.locator(`a[href$="/leads/${answer.lead_id}"]`) });
  await expect(row).toContainText(/sold/i);
  await row.getByRole('link').first().click();

  await expect(page).toHaveURL(new RegExp(`/leads/${answer.lead_id}$`));
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const waterfall = page.getByRole('table', { name: /auction|waterfall/i });
  const contracts = waterfall.getByRole('row').filter({ has: page.getByRole('rowheader') });
  // The demo sells to seven buyers or more; none of them is silently missing.
  expect(await contracts.count()).toBeGreaterThanOrEqual(7);
  for (const contract of await contracts.all()) await expect(contract.locator('.badge')).toHaveText(STANDING);
  await expect(contracts.locator('.badge').filter({ hasText: /^Sold$/ })).toHaveCount(1);
  await expect(page.locator('main')).toContainText(answer.redirect_url);

  // Money moves in three lines that balance.
  const ledger = page.getByRole('table', { name: /ledger|money/i });
  await expect(ledger.getByRole('row')).not.toHaveCount(0);

  // Personal values are masked.
  await expect(page.locator('main')).not.toContainText('Reyes');
  await expect(page.locator('main')).not.toContainText('@example.com');

  await page.goBack();
  await expect(page).toHaveURL(/\/leads$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Leads' })).toBeVisible();
  await page.goForward();
  await expect(page).toHaveURL(new RegExp(`/leads/${answer.lead_id}$`));
  await expect(page.getByRole('table', { name: /auction|waterfall/i })).toBeVisible();
  await alive(page);
});

test('personal values are shown on request, and that is written down', async ({ page, request }) => {
  const answer = await sell(request);
  await visit(page, `/leads/${answer.lead_id}`);
  await page.getByRole('button', { name: /show|reveal/i }).click();
  await expect(page.locator('main')).toContainText('Reyes');
  await visit(page, `/leads/${answer.lead_id}`);
  await expect(page.locator('main')).not.toContainText('Reyes');
  await expect(page.locator('main')).toContainText(/personal (values|data).*(viewed|shown)/i);
});

test('a request is copied as a command, and a lead is tried again on paper', async ({ page, request, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const answer = await sell(request);
  await visit(page, `/leads/${answer.lead_id}`);
  await page.getByRole('link', { name: 'Requests' }).click();
  await alive(page);
  await page.getByRole('button', { name: /^Copy as cURL ?: the intake$/ }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("-H 'Authorization: Bearer YOUR_TEST_KEY'");
  await page.goBack();
  await page.getByRole('link', { name: 'Try again in test…' }).click();
  await alive(page);
  await page.getByRole('button', { name: 'Try again in test' }).click();
  const table = page.getByRole('table', { name: "Every contract's verdict then and now" });
  await expect(table.getByRole('row').filter({ hasText: 'Sold' })).not.toHaveCount(0);
  await accessible(page);
});

test('filters live in the URL', async ({ page, request }) => {
  await sell(request);
  await visit(page, '/leads');
  const filters = page.getByRole('search', { name: 'Filter leads' });
  await filters.getByLabel('State', { exact: true }).selectOption({ label: 'Sold' });
  await page.getByRole('button', { name: /apply|filter/i }).click();
  await expect(page).toHaveURL(/state=sold/);
  const address = page.url();
  await visit(page, address);
  await expect(filters.getByLabel('State', { exact: true })).toHaveValue('sold');
});

test('a view of the list is kept, taken away and brought back', async ({ page, request }) => {
  await sell(request);
  await visit(page, '/leads?state=sold');
  await page.getByText('Columns', { exact: true }).click();
  await page.getByLabel('Margin', { exact: true }).check();
  await page.getByRole('button', { name: 'Show these columns' }).click();
  await expect(page).toHaveURL(/cols=[a-z.]*margin/);
  await expect(page.getByRole('columnheader', { name: 'Margin' })).toBeVisible();
  await page.getByText('Keep this view', { exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('Sold with margin');
  await page.getByRole('button', { name: 'Keep it' }).click();
  const views = page.getByRole('navigation', { name: 'Views' });
  await expect(views.getByRole('link', { name: 'Sold with margin' })).toHaveAttribute('aria-current', 'page');
  await accessible(page);
  await page.getByRole('button', { name: 'Delete the view Sold with margin' }).click();
  await expect(page.getByRole('link', { name: 'Sold with margin' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(views.getByRole('link', { name: 'Sold with margin' })).toBeVisible();
  await expect(page).toHaveURL(/state=sold/);
});

test('a paused buyer is not asked, and undo takes it back', async ({ page, request }) => {
  await visit(page, '/buyers');
  const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: /pause/i }) }).first();
  const name = (await row.getByRole('rowheader').innerText()).split('\n')[0].trim();
  await row.getByRole('button', { name: /pause/i }).click();
  await expect(page.getByRole('status')).toContainText(/paused/i);
  const answer = await sell(request);
  await visit(page, `/leads/${answer.lead_id}`);
  const waterfall = page.getByRole('table', { name: /auction|waterfall/i });
  await expect(waterfall.getByRole('row').filter({ hasText: name }).first()).toContainText(/paused/i);
  await visit(page, '/buyers');
  await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: /resume/i }).click();
  await expect(page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: /pause/i })).toBeVisible();
});

test('the overview follows the leads live', async ({ page, request }) => {
  await visit(page, '/');
  await expect(page.getByText('Live', { exact: true }).first()).toBeVisible();
  const answer = await sell(request);
  await expect(page.locator(`a[href$="/leads/${answer.lead_id}"]`)).toBeVisible();
});

test('the live feed follows, pauses with the space bar, and says so', async ({ page, request }) => {
  await visit(page, '/leads/live');
  await expect(page.getByRole('status').filter({ hasText: /^Live$/ })).toBeVisible();
  const first = await sell(request);
  await expect(page.locator(`a[href$="/leads/${first.lead_id}"]`)).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  // A second window that is not paused shows when the lead has been told to everybody.
  const other = await page.context().newPage();
  await visit(other, '/leads/live');
  await expect(other.getByRole('status').filter({ hasText: /^Live$/ })).toBeVisible();
  const second = await sell(request);
  await expect(other.locator(`a[href$="/leads/${second.lead_id}"]`)).toBeVisible();
  await other.close();
  await expect(page.locator(`a[href$="/leads/${second.lead_id}"]`)).toHaveCount(0);
  await page.getByRole('button', { name: 'Resume updates' }).click();
  await expect(page.locator(`a[href$="/leads/${second.lead_id}"]`)).toBeVisible();
});

test('a key that is not ours opens nothing', async ({ request }) => {
  expect(shelf().api_key).toMatch(/^gvl_live_/);
  const response = await request.post('/api/v1/leads', { headers: { authorization: 'Bearer gvl_live_none' }, data: {} });
  expect(response.status()).toBe(401);
  expect((await response.json()).error.request_id).toMatch(/^req_/);
});
