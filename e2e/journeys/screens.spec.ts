// Every first screen: silent console, no serious fault of accessibility, one h1, a title, nothing wider than the window;
// and a picture of each in both themes, on a desk and on a phone.
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
  { name: 'campaigns', path: '/campaigns' },
];
const themes = ['light', 'dark'] as const;
const sizes = [
  { name: 'desk', width: 1280, height: 900 },
  { name: 'phone', width: 360, height: 740 },
];

for (const screen of screens) {
  test.describe(screen.name, () => {
    if (screen.open) test.use({ storageState: { cookies: [], origins: [] } });

    for (const colorScheme of themes) {
      test.describe(colorScheme, () => {
        test.use({ colorScheme });

        test(`${screen.name} in ${colorScheme}`, async ({ page, request }) => {
          const path = screen.path.includes(':sold') ? `/leads/${(await sell(request)).lead_id}` : screen.path;
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
      await visit(page, screen.path.includes(':sold') ? `/leads/${(await sell(request)).lead_id}` : screen.path);
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
