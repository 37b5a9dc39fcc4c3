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

test('a JSON buyer is connected from what it wrote: pasted, looked through, tried at its test address, its answer kept', async ({ page }) => {
  const name = `Pasted ${process.pid}`;
  await visit(page, '/buyers/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Short name', { exact: true }).fill(name.toLowerCase().replace(' ', '-'));
  await page.getByLabel('Legal entity').fill('Pasted Insurance LLC');
  await page.getByRole('button', { name: 'Make the buyer' }).click();
  await page.getByRole('link', { name: 'New contract' }).click();
  await page.getByRole('region', { name: 'In which campaign does it buy?' }).getByRole('link').first().click();
  await page.getByRole('link', { name: 'From its posting document' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'New contract from a document' })).toBeVisible();
  await accessible(page);

  const base = `http://${process.env.E2E_SANDBOX}/dialects/px/api/lead`;
  const body = (more: object, person: object) =>
    JSON.stringify({ ApiToken: 'a-token-of-ours', Vertical: 'Auto', IsTest: 'true', ...more, ContactData: { ZipCode: '48226', State: 'MI', ...person } });
  await page.getByLabel('The ping: sample or table').fill(body({}, {}));
  await page.getByLabel('The ping: address').fill(`${base}/ping`);
  await page.getByLabel('The ping: an answer that means yes').fill('{"Success":true,"Payout":12.5,"TransactionId":"t-1"}');
  await page.getByLabel('The ping: an answer that means no').fill('{"Success":false,"Message":"No coverage"}');
  const person = { FirstName: 'Jane', LastName: 'Doe', EmailAddress: 'jane@doe.example', PhoneNumber: '3135550142' };
  await page.getByLabel('The post: sample or table').fill(body({ TransactionId: 't-1' }, person));
  await page.getByLabel('The post: address').fill(`${base}/post`);
  await page.getByLabel('The post: an answer that means yes').fill('{"Success":true,"Payout":12.5}');
  await page.getByLabel('The post: an answer that means no').fill('{"Success":false,"Message":"Duplicate"}');
  await page.getByRole('button', { name: 'Propose a delivery' }).click();

  const proposal = page.getByRole('region', { name: 'What is proposed' });
  await expect(proposal.getByRole('status')).toContainText('2 unknown');
  await expect(proposal.getByRole('row', { name: /ContactData\.PhoneNumber/ })).toContainText('field phone');
  await expect(proposal.getByRole('row', { name: /post TransactionId/ })).toContainText("the ping's token");
  expect(await page.content()).not.toContain('a-token-of-ours');
  await fits(page);
  await accessible(page);
  await page.getByLabel('Name', { exact: true }).first().fill('Pasted');
  for (const secret of await page.getByLabel('Value', { exact: true }).all()) await secret.fill('sandbox-key');
  await page.getByRole('button', { name: 'Make the contract' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pasted' })).toBeVisible();

  await page.getByRole('link', { name: 'Try it' }).click();
  await page.getByRole('button', { name: 'Send a test post' }).click();
  const test = page.getByRole('region', { name: 'What came of the test' });
  await expect(test.getByRole('status')).toHaveText(['a bid', 'accepted']);
  expect(await page.content()).not.toContain('sandbox-key');
  await fits(page);
  await accessible(page);
  await page.getByLabel('What it shows').fill('bought');
  await page.getByRole('button', { name: 'Keep the answer' }).click();
  const kept = page.getByRole('region', { name: 'Kept examples' });
  await expect(kept).toContainText('All of them are read as they have to be.');
  await expect(kept).toContainText('bought');
  await expect(page.getByRole('region', { name: 'Tests that were sent', exact: true }).getByRole('row')).toHaveCount(3);
  await accessible(page);
});
