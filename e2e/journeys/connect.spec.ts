// A JSON buyer is connected from its posting document in the browser: begun from a preset, its requests compared with the
// document, and its answers read, before anything is sent.
import { accessible, expect, fits, test, visit } from '../support/test';

test('a JSON buyer is connected from its documents, and tried before it buys', async ({ page }) => {
  const name = `Webhook ${process.pid}`;
  await visit(page, '/buyers/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Short name', { exact: true }).fill(name.toLowerCase().replace(' ', '-'));
  await page.getByLabel('Legal entity').fill('Webhook Insurance LLC');
  await page.getByRole('button', { name: 'Make the buyer' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  await page.getByRole('link', { name: 'New contract' }).click();
  await page.getByRole('region', { name: 'In which campaign does it buy?' }).getByRole('link').first().click();
  await page.getByRole('link', { name: 'JSON webhook', exact: true }).click();
  await page.getByLabel('Name of the contract').fill('Documents');
  await page.getByLabel('Price of a lead').fill('9.00');
  await page.getByLabel("The buyer's address").fill('https://leads.buyer.example/in');
  await page.getByLabel('Bearer token').fill('a-secret-of-the-buyer');
  await page.getByRole('button', { name: 'Make the contract' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Documents' })).toBeVisible();

  await page.getByRole('link', { name: 'Try it' }).click();
  const post = page.getByLabel('The post', { exact: true });
  await expect(post).toContainText('POST https://leads.buyer.example/in');
  await expect(post).toContainText('Authorization: •••');
  await expect(post).toContainText('"first_name":');
  await expect(page.locator('body')).not.toContainText('a-secret-of-the-buyer');
  await fits(page);
  await accessible(page);

  await page.getByLabel("The answer's body").fill('{"accepted":true,"id":"77","price":"$1,250.00"}');
  await page.getByRole('button', { name: 'Read the answer' }).click();
  const read = page.getByRole('region', { name: 'How it is read' });
  await expect(read.getByRole('status')).toHaveText('accepted');
  await expect(read).toContainText('77');
  await expect(page.getByLabel("The answer's body")).toHaveValue('{"accepted":true,"id":"77","price":"$1,250.00"}');
  await page.getByLabel("The answer's body").fill('{"accepted":false,"reason":"Duplicate"}');
  await page.getByRole('button', { name: 'Read the answer' }).click();
  await expect(read.getByRole('status')).toHaveText('rejected');
  await expect(read).toContainText('duplicate');
  await fits(page);
  await accessible(page);
});
