// Every first screen: silent console, no serious fault of accessibility, one h1, a title, nothing wider than the window;
// and a picture of each in both themes, on a desk and on a phone.
import type { APIRequestContext, Page } from '@playwright/test';
import { sell } from '../support/demo';
import { SCREENS } from '../support/paths';
import { accessible, expect, fits, test, visit } from '../support/test';

const screens = [
  { name: 'sign-in', path: '/sign-in', open: true },
  { name: 'overview', path: '/' },
  { name: 'leads', path: '/leads' },
  { name: 'lead', path: '/leads/:sold' },
  { name: 'buyers', path: '/buyers' },
  { name: 'doubt', path: '/doubt' },
  { name: 'returns', path: '/returns' },
  { name: 'campaigns', path: '/campaigns' },
  { name: 'campaign', path: '/campaigns/:first' },
  { name: 'buyer', path: '/buyers/:first' },
  { name: 'contract', path: '/contracts/:first' },
  { name: 'bench', path: '/contracts/:first/try' },
  { name: 'preset', path: '/contracts/new/:preset' },
  { name: 'sources', path: '/sources' },
  { name: 'source', path: '/sources/:first' },
  { name: 'endpoints', path: '/endpoints' },
  { name: 'history', path: '/history' },
  { name: 'account', path: '/account' },
  { name: 'forgot', path: '/forgot', open: true },
  { name: 'reports', path: '/reports?by=day' },
  { name: 'scorecard', path: '/reports?by=buyer' },
  { name: 'reasons', path: '/reports/reasons' },
];
const themes = ['light', 'dark'] as const;
const sizes = [
  { name: 'desk', width: 1280, height: 900 },
  { name: 'phone', width: 360, height: 740 },
];

/** A screen's own path; `:sold` is a lead that was sold just now, `:first` the first thing of its list. */
async function place(path: string, page: Page, request: APIRequestContext): Promise<string> {
  if (path.endsWith('/:sold')) return path.replace(':sold', (await sell(request)).lead_id);
  if (path.startsWith('/contracts/')) {
    await visit(page, '/buyers');
    await page.locator('main a[href^="/buyers/"]:not([href$="/new"])').first().click();
    const contracts = page.locator('main a[href^="/contracts/con_"]');
    const contract = (await contracts.first().getAttribute('href'))!;
    if (!path.endsWith('/:preset')) return path.replace('/contracts/:first', contract);
    await page.locator('main a[href^="/contracts/new"]').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('New contract');
    await page.locator('main a[href*="&campaign="]').first().click();
    return (await page.getByRole('link', { name: 'boberdoo', exact: true }).getAttribute('href'))!;
  }
  if (!path.endsWith('/:first')) return path;
  const list = path.replace('/:first', '');
  await visit(page, list);
  const links = page.locator(`main a[href^="${list}/"]:not([href$="/new"])`);
  return (await links.first().getAttribute('href'))!;
}

for (const screen of screens) {
  test.describe(screen.name, () => {
    if (screen.open) test.use({ storageState: { cookies: [], origins: [] } });

    for (const colorScheme of themes) {
      test.describe(colorScheme, () => {
        test.use({ colorScheme });

        test(`${screen.name} in ${colorScheme}`, async ({ page, request }) => {
          const path = await place(screen.path, page, request);
          for (const { name, ...viewport } of sizes) {
            await page.setViewportSize(viewport);
            await visit(page, path);
            await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
            await expect(page).toHaveTitle(/.+ · .+|Sign in/);
            await fits(page);
            await accessible(page);
            await page.screenshot({ path: `${SCREENS}/${screen.name}-${name}-${colorScheme}.png`, fullPage: true });
          }
        });
      });
    }

    test(`${screen.name} at 320 pixels`, async ({ page, request }) => {
      await page.setViewportSize({ width: 320, height: 640 });
      await visit(page, await place(screen.path, page, request));
      await fits(page);
    });
  });
}

test('a page that does not exist says so and leads back', async ({ page }) => {
  // The browser itself reports the 404 on the console, so this page is asked for without it.
  const response = await page.request.get('/nowhere');
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain('<h1');
});
