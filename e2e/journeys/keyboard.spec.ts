import { type Page } from '@playwright/test';
import { login, sell } from '../support/demo';
import { STATE } from '../support/paths';
import { accessible, alive, expect, test, visit } from '../support/test';

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

test.describe('somebody who knows the keys', () => {
  test.use({ storageState: STATE });

  test('finds a buyer without a pointer, and goes to the leads with two keys', async ({ page }) => {
    await visit(page, '/');
    await page.keyboard.press('ControlOrMeta+K');
    const field = page.getByRole('combobox', { name: 'Find anything' });
    await expect(field).toBeFocused();
    await page.keyboard.type('northwind');
    const options = page.getByRole('listbox', { name: 'What was found' }).getByRole('option');
    await expect(options.first()).toContainText('Northwind');
    await expect(options.first()).toHaveAttribute('aria-selected', 'true');
    await accessible(page);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/buyers\/buy_/);
    await alive(page);

    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await expect(page).toHaveURL(/\/leads$/);
    await alive(page);

    // A key in a field is a letter.
    await visit(page, '/find');
    await page.getByLabel('Name or id').fill('');
    await page.getByLabel('Name or id').pressSequentially('gl/');
    await expect(page.getByLabel('Name or id')).toHaveValue('gl/');
    await page.getByRole('button', { name: 'Switch single keys off' }).click();
    await expect(page.getByText('Single keys are off')).toBeVisible();
    await alive(page);
    await page.keyboard.press('/');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.getByRole('button', { name: 'Switch single keys on' }).click();
    await expect(page.getByText('Single keys are on')).toBeVisible();
  });
});
