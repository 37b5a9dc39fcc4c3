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

  test('paints the hours of a contract without a pointer', async ({ page }) => {
    await visit(page, '/buyers');
    await page.goto((await page.locator('tbody th a').first().getAttribute('href'))!);
    await page.goto((await page.locator('main a[href^="/contracts/con_"]').first().getAttribute('href'))!);
    await alive(page);
    await page.getByRole('radio', { name: 'Hours of the week' }).focus();
    await page.keyboard.press('Space');
    const grid = page.getByRole('grid', { name: 'A ticked hour is open' });
    const at = (name: string) => grid.getByRole('checkbox', { name, exact: true });
    const summary = page.locator('.week-summary');
    await expect(grid).toBeVisible();
    // One stop for Tab, then arrows.
    await tabTo(page, page.getByRole('button', { name: 'None', exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page, at('Mon 00:00'));
    for (let n = 0; n < 9; n++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect(at('Tue 09:00')).toBeFocused();
    await page.keyboard.press('Space');
    await expect(at('Tue 09:00')).toBeChecked();
    await expect(page.getByText('Tuesday 09:00 to 10:00 open')).toBeAttached();
    for (let n = 0; n < 3; n++) await page.keyboard.press('Shift+ArrowRight');
    for (let n = 0; n < 2; n++) await page.keyboard.press('Shift+ArrowDown');
    await expect(summary).toHaveText('Open Tue–Thu 09:00–13:00.');
    await expect(page.getByText('Tuesday to Thursday 09:00 to 13:00 open')).toBeAttached();
    await page.keyboard.press('Shift+ArrowUp');
    await expect(summary).toHaveText('Open Tue–Wed 09:00–13:00.');
    await page.keyboard.press('Escape');
    await expect(summary).toHaveText('Open Tue 09:00–10:00.');
    // A heading turns its line.
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    await expect(page.getByText(/^\w+ 00:00 to 24:00 open$/)).toBeAttached();
    await page.keyboard.press('ControlOrMeta+A');
    await expect(summary).toHaveText('Open at every hour.');
    await page.getByRole('button', { name: 'Business hours' }).press('Enter');
    await expect(summary).toHaveText('Open Mon–Fri 09:00–17:00.');
    await accessible(page);
    await page.getByRole('button', { name: 'Save as draft' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'Draft, not in effect yet' })).toBeVisible();
    await alive(page);
    await expect(at('Fri 16:00')).toBeChecked();
    await expect(at('Fri 17:00')).not.toBeChecked();
    await expect(summary).toHaveText('Open Mon–Fri 09:00–17:00.');
    await page.getByRole('button', { name: 'Discard the draft' }).press('Enter');
    await expect(page.getByText('The draft is thrown away.')).toBeVisible();
  });

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
