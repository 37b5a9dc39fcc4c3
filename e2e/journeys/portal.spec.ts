// Somebody who belongs to a buyer: signs in, and sees what that buyer took.
import { login, sell } from '../support/demo';
import { accessible, alive, expect, fits, test, visit } from '../support/test';

test.use({ storageState: { cookies: [], origins: [] } });

test('a buyer signs in to its portal and finds its leads, on a phone', async ({ page, request }) => {
  // Whoever bids most buys: one of these is this buyer's.
  for (let n = 0; n < 12; n++) await sell(request);
  await page.setViewportSize({ width: 360, height: 740 });
  const { email, password } = login('buyer');
  await page.goto('/');
  await alive(page);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/portal$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Northwind Auto' })).toBeVisible();
  await alive(page);
  await fits(page);
  await accessible(page);

  await page.getByRole('navigation').first().getByRole('link', { name: 'Leads' }).click();
  await page.locator('a[href^="/portal/leads/led_"]').first().click();
  await expect(page.getByRole('heading', { level: 2, name: 'The person' })).toBeVisible();
  await expect(page.locator('main')).toContainText('@example.com');
  await alive(page);
  await fits(page);
  await accessible(page);

  // What belongs to operators is not there for it.
  const foreign = await page.request.get('/leads');
  expect(foreign.status()).toBe(403);
  await visit(page, '/portal');
});
