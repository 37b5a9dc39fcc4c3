import { type Page } from '@playwright/test';
import { login, sell } from '../support/demo';
import { alive, expect, test } from '../support/test';

test.use({ storageState: { cookies: [], origins: [] } });

/** Presses Tab until what is wanted has the focus; a page on which that takes more than 80 presses has a trap. */
async function tabTo(page: Page, wanted: ReturnType<Page['locator']>) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('the keyboard does not reach it');
}

test('signing in and opening a lead need no pointer', async ({ page, request }) => {
  const answer = await sell(request);
  const { email, password } = login();
  await page.goto('/sign-in');
  await alive(page);
  await tabTo(page, page.getByLabel('E-mail'));
  await page.keyboard.type(email);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await alive(page);

  // The first stop of every page skips to its content.
  await page.goto('/leads');
  await alive(page);
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText(/skip to/i);
  await page.keyboard.press('Enter');
  await tabTo(page, page.locator(`a[href$="/leads/${answer.lead_id}"]`).first());
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/leads/${answer.lead_id}$`));
  await expect(page.getByRole('table', { name: /auction|waterfall/i })).toBeVisible();
});
