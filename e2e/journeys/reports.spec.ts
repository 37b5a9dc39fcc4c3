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

test('a closer look is marked with keys or drawn over the chart, and going back shows it all again', async ({ page, request }) => {
  await sell(request);
  await visit(page, '/reports?by=day');
  const days = page.getByRole('slider', { name: 'Days of the chart' });
  await expect(days).toHaveAttribute('aria-valuenow', '6');
  await days.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.locator('[data-bar][data-marked]')).toHaveCount(3);
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-bar][data-marked]')).toHaveCount(0);
  // Yesterday and today: only today has leads.
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/by=day&from=[\d-]+&to=[\d-]+$/);
  await expect(page.locator('[data-bar]')).toHaveCount(2);

  await page.goBack();
  await expect(page).toHaveURL(/\/reports\?by=day$/);
  const bars = page.locator('[data-bar]');
  await expect(bars).toHaveCount(7);
  await expect(page.getByRole('slider', { name: 'Days of the chart' })).toBeVisible();
  const middle = async (nth: number) => {
    const box = (await bars.nth(nth).boundingBox())!;
    return [box.x + box.width / 2, box.y + box.height / 2] as const;
  };
  await page.mouse.move(...(await middle(3)));
  await page.mouse.down();
  await page.mouse.move(...(await middle(6)), { steps: 6 });
  await expect(page.locator('[data-bar][data-marked]')).toHaveCount(4);
  await page.mouse.up();
  await expect(page).toHaveURL(/from=[\d-]+&to=[\d-]+$/);
  await expect(bars).toHaveCount(4);
});
