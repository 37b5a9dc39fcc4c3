import { login } from '../support/demo';
import { stateOf } from '../support/paths';
import { alive, expect, test } from '../support/test';

const first = { operator: 'Overview', admin: 'Overview', buyer: 'Northwind Auto', affiliate: 'Northbound Media' };

for (const [role, heading] of Object.entries(first)) {
  test(`signing in leads the ${role} to a first page`, async ({ page }) => {
    const { email, password } = login(role);
    await page.goto('/');
    await expect(page).toHaveURL(/\/sign-in/);
    await alive(page);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await page.context().storageState({ path: stateOf(role) });
  });
}

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
