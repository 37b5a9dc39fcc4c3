// People: invited by mail, signed in with a second factor, an affiliate and a buyer in their portals on a phone, and whoever
// looks after the server.
import { createHmac } from 'node:crypto';
import { login } from '../support/demo';
import { PASSWORD, gavel, link, signIn } from '../support/people';
import { accessible, alive, expect, fits, test, visit } from '../support/test';

test.use({ storageState: { cookies: [], origins: [] } });

/** The code of a secret at this moment (RFC 6238). */
function code(secret: string): string {
  const bits = [...secret.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('somebody is invited by mail, joins, and signs in with a second factor', async ({ page }) => {
  const email = `pat.${process.pid}@example.com`;
  await signIn(page, login('admin'));
  await visit(page, '/people');
  await accessible(page);
  await page.getByLabel('Name').fill('Pat Invited');
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page.getByRole('status')).toContainText('The invitation is on its way');
  await expect(page.getByRole('row', { name: /Pat Invited/ })).toContainText('Invited');
  await visit(page, '/audit');
  await expect(page.locator('main')).toContainText('Avery Admin invited: Pat Invited, operator');
  await accessible(page);
  await fits(page);
  await page.getByRole('button', { name: 'Sign out' }).click();

  await visit(page, await link(email));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are invited');
  await accessible(page);
  await page.getByLabel('Password, at least 12 characters').fill(PASSWORD);
  await page.getByLabel('The same again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Choose this password' }).click();
  await expect(page.getByRole('status')).toContainText('The password is chosen');
  await signIn(page, { email, password: PASSWORD });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');

  await page.getByRole('link', { name: 'Pat Invited' }).click();
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('img', { name: /The secret as a picture/ })).toBeVisible();
  await alive(page);
  await accessible(page);
  await fits(page);
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  await page.getByLabel('Code', { exact: true }).fill(code(secret));
  await page.getByRole('button', { name: 'Verify' }).click();
  const codes = (await page.getByLabel('Recovery codes').inputValue()).trim().split('\n');
  expect(codes).toHaveLength(10);
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await expect(page.getByText('10 recovery codes are left.')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();

  await signIn(page, { email, password: PASSWORD });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Second factor');
  await alive(page);
  await accessible(page);
  await page.getByLabel('Code', { exact: true }).fill(codes[0]);
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('an affiliate sees what it earns and connects itself, on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, login('affiliate'));
  await expect(page).toHaveURL(/\/affiliate$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Northbound Media');
  for (const path of ['/affiliate', '/affiliate/leads', '/affiliate/setup', '/account']) {
    await visit(page, path);
    await fits(page);
    await accessible(page);
    await expect(page.locator('main')).not.toContainText('Northwind');
  }
  await visit(page, '/affiliate/setup');
  await page.getByLabel('Name of a new key').fill('Landing page');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await expect(page.getByLabel('The key', { exact: true })).toHaveValue(/^gvl_live_/);
  await page.getByRole('link', { name: 'Auto insurance' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'A request that is taken' })).toBeVisible();
});

test('a buyer pauses what it buys, and resumes it, on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, login('buyer'));
  await expect(page).toHaveURL(/\/portal$/);
  await page.locator('a[href^="/portal/contracts/con_"]').first().click();
  await expect(page.getByRole('heading', { level: 2, name: 'State' })).toBeVisible();
  await alive(page);
  await fits(page);
  await accessible(page);
  await page.getByRole('button', { name: 'Pause it' }).click();
  await expect(page.getByRole('status')).toContainText('It is paused');
  await page.getByRole('button', { name: 'Resume it' }).click();
  await expect(page.getByRole('status')).toContainText('It buys again');
});

test('whoever looks after the server founds another company, limits, acts for and suspends it', async ({ page, browser }) => {
  const viewer = login('viewer');
  await signIn(page, viewer);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await expect(page.getByRole('link', { name: 'Tenants' })).toHaveCount(0);
  gavel(['user', 'superadmin', viewer.email]);
  await signIn(page, viewer);
  await page.getByRole('link', { name: 'Tenants' }).click();
  const email = `first.${process.pid}@other.example`;
  await page.getByLabel('Company', { exact: true }).fill('Other Leads');
  await page.getByLabel('Short name').fill(`other-${process.pid}`);
  await page.getByLabel('First administrator').fill('Fay First');
  await page.getByLabel('E-mail of the administrator').fill(email);
  await page.getByRole('button', { name: 'Found the company' }).click();
  await expect(page.getByRole('status')).toContainText('The company is there');
  // The first administrator takes up the invitation in a browser of her own, and has nothing yet but what to do next.
  const hers = await browser.newContext();
  const first = await hers.newPage();
  await visit(first, await link(email));
  await first.getByLabel('Password, at least 12 characters').fill(PASSWORD);
  await first.getByLabel('The same again').fill(PASSWORD);
  await first.getByRole('button', { name: 'Choose this password' }).click();
  await signIn(first, { email, password: PASSWORD });
  await expect(first.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await visit(first, '/leads');
  await expect(first.getByText('No leads yet')).toBeVisible();
  await hers.close();
  const other = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Other Leads' }) });
  await alive(page);
  await accessible(page);
  await fits(page);

  await other.getByText('Limits…').click();
  await other.getByLabel('People').fill('5');
  await other.getByRole('button', { name: 'Set' }).click();
  await expect(page.getByRole('status')).toContainText('The limits are set');

  await other.getByText('Act for it…').click();
  await other.getByLabel('Why').first().fill('ticket 12');
  await other.getByRole('button', { name: 'Begin' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await expect(page.getByText('You act for Other Leads')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('status')).toContainText('You act for yourself again');

  await other.getByText('Suspend…').click();
  await other.getByLabel('Why').last().fill('does not pay');
  await other.getByRole('button', { name: 'Suspend', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('The company is suspended');
  await expect(other).toContainText('Suspended: does not pay');
  gavel(['user', 'superadmin', '--off', viewer.email]);
});
