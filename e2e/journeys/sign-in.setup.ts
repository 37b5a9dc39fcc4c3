import { login } from '../support/demo';
import { STATE } from '../support/paths';
import { alive, expect, test } from '../support/test';

test('signing in leads to the overview', async ({ page }) => {
  const { email, password } = login();
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  await alive(page);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await page.context().storageState({ path: STATE });
});

test('a wrong password gives nothing away', async ({ page }) => {
  const said: string[] = [];
  for (const email of [login().email, 'nobody@demo.example']) {
    await page.goto('/sign-in');
    await alive(page);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('not right');
    said.push((await alert.innerText()).trim());
  }
  expect(said[0]).toBe(said[1]);
});
