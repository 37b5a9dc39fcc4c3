// With script off nothing of the first screens may be missing.
import { type Page, expect, test } from '@playwright/test';
import { login, sell } from '../support/demo';

async function signIn(page: Page) {
  const { email, password } = login();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
}

test('every first screen is whole', async ({ page, request }) => {
  const answer = await sell(request);
  await signIn(page);
  for (const word of ['Revenue', 'Payout', 'Margin', 'Sold', 'Unsold', 'Rejected']) {
    await expect(page.locator('main')).toContainText(word);
  }
  const menu = page.getByRole('navigation').first();
  for (const name of ['Buyers', 'Campaigns', 'Leads']) {
    await menu.getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.getByRole('table').first()).toBeVisible();
  }
  await page.locator(`a[href$="/leads/${answer.lead_id}"]`).first().click();
  await expect(page.getByRole('table', { name: /auction|waterfall/i })).toBeVisible();
});

test('pausing and resuming a campaign is a form', async ({ page }) => {
  await signIn(page);
  await page.goto('/campaigns');
  await page.getByRole('button', { name: /pause/i }).first().click();
  await page.getByRole('button', { name: /resume/i }).first().click();
  await expect(page.getByRole('button', { name: /pause/i }).first()).toBeVisible();
});

test('signing out ends it', async ({ page }) => {
  await signIn(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/leads');
  await expect(page).toHaveURL(/\/sign-in/);
});
