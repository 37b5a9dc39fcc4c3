// An operator writes a consent text, is told what it lacks, publishes two versions, compares them, and a campaign chooses it.
import { type Page } from '@playwright/test';
import { accessible, expect, fits, test, visit } from '../support/test';
import { SCREENS } from '../support/paths';

const slug = `auto-${process.pid}`;
const WORDS =
  'By selecting "{{button.label}}" I sign electronically and authorize {{sellers.inline}} to make marketing calls to me about ' +
  'car insurance at the phone number I entered, using an automatic telephone dialing system and an artificial or prerecorded ' +
  'voice, even if my number is on a do-not-call list. My agreement is not a condition of any purchase. I may withdraw it at ' +
  'any time at example.test/stop.';

async function press(page: Page, label: string) {
  await page.getByRole('button', { name: label, exact: true }).focus();
  await page.keyboard.press('Enter');
}

/** A page in both themes and at three widths, kept as pictures. */
async function look(page: Page, name: string) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 360, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await fits(page);
      await page.screenshot({ path: `${SCREENS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
    await accessible(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('a text from its first words to a campaign that shows it', async ({ page }) => {
  await visit(page, '/texts/new');
  await page.getByLabel('Name', { exact: true }).fill('Auto insurance, English');
  await page.getByLabel('Short name').fill(slug);
  // What a new text begins with still has a place to fill in, and the check says so.
  await press(page, 'Check only');
  await expect(page.getByText('[SAY WHERE AND HOW]').first()).toBeVisible();
  await page.getByLabel('What the consumer agrees to').fill('We and our marketing partners may call you.');
  await press(page, 'Make the text');
  await expect(page.getByRole('heading', { level: 1, name: 'Auto insurance, English' })).toBeVisible();
  const check = page.getByRole('region', { name: 'Check' });
  await expect(check).toContainText('E004');
  await expect(check).toContainText('does not certify');
  await expect(page.getByRole('button', { name: 'Publish version 1' })).toHaveCount(0);
  await look(page, 'text-errors');

  await page.getByLabel('What the consumer agrees to').fill(WORDS);
  await press(page, 'Save the draft');
  await expect(check).toContainText('Every element was found');
  await page.getByLabel('Why (stands with the version)').fill('First words');
  await press(page, 'Publish version 1');
  await expect(page.getByRole('status')).toContainText('Version 1 is published');

  await page.getByLabel('What the consumer agrees to').fill(WORDS.replace('car insurance', 'auto and home insurance'));
  await press(page, 'Save the draft');
  await page.getByRole('link', { name: 'Compare the draft with the newest version' }).click();
  await expect(page.locator('ins')).toContainText('auto and home');
  await expect(page.locator('del')).toContainText('removed: car');
  await look(page, 'text-difference');
  await page.getByRole('link', { name: 'Back to the text' }).click();
  await press(page, 'Publish version 2');
  await expect(page.getByRole('table', { name: 'Versions, newest first' })).toContainText('First words');
  await look(page, 'text');

  await visit(page, '/texts');
  await expect(page.getByRole('row', { name: /Auto insurance, English/ })).toContainText('Version 2');
  await visit(page, '/campaigns/new?from=solar');
  await page.getByLabel('Name', { exact: true }).fill(`Texts ${process.pid}`);
  await page.getByLabel('Short name').fill(`texts-${process.pid}`);
  await press(page, 'Make the campaign');
  await expect(page.getByRole('heading', { level: 1, name: `Texts ${process.pid}` })).toBeVisible();
  await page.getByLabel('Consent text', { exact: true }).selectOption({ label: 'Auto insurance, English (en-US, version 2)' });
  // A campaign has one kind of words: those of the template go.
  await page.locator('[name="hosted_form.consent_text:text"]').fill('');
  await press(page, 'Save and publish');
  await expect(page.getByRole('status')).toBeVisible();
  await visit(page, '/texts');
  await expect(page.getByRole('row', { name: /Auto insurance, English/ })).toContainText(`Texts ${process.pid}`);
});

test('posting instructions are shared with somebody without an account, tried, and printed', async ({ page, browser }) => {
  await visit(page, '/sources');
  await page.locator('main a[href^="/sources/src_"]').first().click();
  await page.locator('main a[href*="/instructions/"]').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('posting instructions');
  await page.getByLabel('It works for').selectOption('7 days');
  await press(page, 'Make a link');
  const address = await page.getByLabel('The link', { exact: true }).inputValue();
  const token = new URL(address).pathname;

  const stranger = await browser.newContext({ storageState: { cookies: [], origins: [] }, javaScriptEnabled: false });
  const reader = await stranger.newPage();
  await reader.goto(token);
  await expect(reader.getByRole('heading', { level: 1 })).toContainText('posting instructions');
  await expect(reader.locator('meta[name="robots"]')).toHaveAttribute('content', /noindex/);
  await expect(reader.locator('main form')).toHaveCount(0);
  for (const width of [1280, 320]) {
    await reader.setViewportSize({ width, height: 900 });
    await fits(reader);
    await reader.screenshot({ path: `${SCREENS}/shared-instructions-${width}.png`, fullPage: true });
  }
  await reader.emulateMedia({ media: 'print' });
  await reader.setViewportSize({ width: 794, height: 1123 });
  await reader.screenshot({ path: `${SCREENS}/shared-instructions-print.png`, fullPage: true });

  await page.locator('[name="fields.zip:text"]').fill('nowhere');
  await press(page, 'Send a test lead');
  const came = page.getByRole('region', { name: 'What came of it' });
  await expect(came).toContainText('HTTP 422');
  await expect(page.locator('[name="fields.zip:text"]')).toHaveValue('nowhere');
  await page.locator('[name="fields.zip:text"]').fill('48226');
  await press(page, 'Send a test lead');
  await expect(came).toContainText('HTTP 200');
  await expect(came).toContainText('"test": true');
  await look(page, 'try-it');

  await page.getByRole('button', { name: /^Take back the link/ }).first().click();
  await expect(page.getByRole('status')).toContainText('taken back');
  expect((await reader.goto(token))!.status()).toBe(404);
  await stranger.close();
});
