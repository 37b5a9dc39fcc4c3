import { sell } from '../support/demo';
import { expect, test, visit } from '../support/test';

test('a report counts what the list shows, and its file says the same', async ({ page, request }) => {
  await sell(request);
  await visit(page, '/reports?by=source&span=today');
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Own form' }) });
  const sold = row.getByRole('link').nth(1);
  const count = Number((await sold.innerText()).replace(',', ''));
  expect(count).toBeGreaterThan(0);

  const file = await page.request.get('/reports.csv?by=source&span=today');
  const line = (await file.text()).split('\r\n').find((line) => line.includes('Own form'))!;
  expect(Number(line.split(',')[3])).toBeGreaterThanOrEqual(count);

  await sold.click();
  await expect(page).toHaveURL(/\/leads\?.*state=sold/);
  await expect(page.getByRole('row').filter({ has: page.getByRole('rowheader') }).first()).toContainText('Sold');
});

test('what stood in the way can be asked for one buyer', async ({ page, request }) => {
  await sell(request);
  await visit(page, '/reports/reasons?span=today');
  const buyer = page.getByRole('table', { name: /reasons/i }).getByRole('link').first();
  const name = await buyer.innerText();
  await buyer.click();
  await expect(page).toHaveURL(/buyer=buy_/);
  await expect(page.getByLabel('Buyer')).toContainText(name);
});
