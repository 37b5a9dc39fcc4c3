// Every screen: silent console, no serious fault of accessibility, one h1, a title, nothing wider than the window, down to
// 320 pixels; and a picture of each in both themes, on a desk and on a phone (`make gallery` puts them on one page).
import type { APIRequestContext, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { sell } from '../support/demo';
import { SCREENS, stateOf } from '../support/paths';
import { accessible, expect, fits, test, visit } from '../support/test';

interface Screen {
  name: string;
  /** `:sold` is a lead that was sold just now; `:name` the first link of this kind on the page `from`. */
  path: string;
  /** The route it is a screen of, when the path does not say it. */
  route?: string;
  /** Who looks: an administrator unless it says otherwise, nobody for the pages at the door. */
  as?: 'buyer' | 'affiliate' | 'nobody';
}

const screens: Screen[] = [
  { name: 'sign-in', path: '/sign-in', as: 'nobody' },
  { name: 'forgot', path: '/forgot', as: 'nobody' },
  { name: 'overview', path: '/' },
  { name: 'leads', path: '/leads' },
  { name: 'live-feed', path: '/leads/live' },
  { name: 'lead', path: '/leads/:sold', route: '/leads/:id' },
  { name: 'take-back', path: '/leads/:sold/return', route: '/leads/:id/return' },
  { name: 'lead-requests', path: '/leads/:sold/requests', route: '/leads/:id/requests' },
  { name: 'lead-try', path: '/leads/:sold/try', route: '/leads/:id/try' },
  { name: 'doubt', path: '/doubt' },
  { name: 'returns', path: '/returns' },
  { name: 'campaigns', path: '/campaigns' },
  { name: 'campaign-new', path: '/campaigns/new?from=solar', route: '/campaigns/new' },
  { name: 'campaign', path: '/campaigns/:id' },
  { name: 'buyers', path: '/buyers' },
  { name: 'buyer-new', path: '/buyers/new' },
  { name: 'buyer', path: '/buyers/:id' },
  { name: 'contract-new', path: '/contracts/new' },
  { name: 'contract-preset', path: '/contracts/new/:preset', route: '/contracts/new' },
  { name: 'contract-import', path: '/contracts/new/:document', route: '/contracts/import' },
  { name: 'contract', path: '/contracts/:id' },
  { name: 'bench', path: '/contracts/:id/try' },
  { name: 'sources', path: '/sources' },
  { name: 'source-new', path: '/sources/new' },
  { name: 'source', path: '/sources/:id' },
  { name: 'instructions', path: '/sources/:id/instructions/:campaign' },
  { name: 'texts', path: '/texts' },
  { name: 'text-new', path: '/texts/new' },
  { name: 'endpoints', path: '/endpoints' },
  { name: 'endpoint-new', path: '/endpoints/new' },
  { name: 'reports', path: '/reports?by=day' },
  { name: 'scorecard', path: '/reports?by=buyer' },
  { name: 'sub-sources', path: '/reports?by=sub' },
  { name: 'prices', path: '/reports?by=price' },
  { name: 'money-moved', path: '/reports?by=day&money=moved' },
  { name: 'reasons', path: '/reports/reasons' },
  { name: 'lost', path: '/reports/lost' },
  { name: 'scorecards', path: '/reports/scorecards' },
  { name: 'alerts', path: '/alerts' },
  { name: 'people', path: '/people' },
  { name: 'history', path: '/history' },
  { name: 'audit', path: '/audit' },
  { name: 'account', path: '/account' },
  { name: 'find', path: '/find' },
  { name: 'portal', path: '/portal', as: 'buyer' },
  { name: 'portal-leads', path: '/portal/leads', as: 'buyer' },
  { name: 'portal-lead', path: '/portal/leads/:id', as: 'buyer' },
  { name: 'portal-contract', path: '/portal/contracts/:id', as: 'buyer' },
  { name: 'portal-returns', path: '/portal/returns', as: 'buyer' },
  { name: 'affiliate', path: '/affiliate', as: 'affiliate' },
  { name: 'affiliate-leads', path: '/affiliate/leads', as: 'affiliate' },
  { name: 'affiliate-setup', path: '/affiliate/setup', as: 'affiliate' },
  { name: 'affiliate-instructions', path: '/affiliate/instructions/:campaign', as: 'affiliate' },
];
/** Routes that other journeys look at in the same way, because something has to happen first. */
const elsewhere: Record<string, string> = {
  '/sign-in/code': 'people.spec.ts',
  '/join/:token': 'people.spec.ts',
  '/tenants': 'people.spec.ts',
  '/endpoints/:id': 'configure.spec.ts',
  '/instructions/:token': 'texts.spec.ts',
  '/texts/:id': 'texts.spec.ts',
  '/texts/:id/difference': 'texts.spec.ts',
};
const themes = ['light', 'dark'] as const;
const sizes = [
  { name: 'desk', width: 1280, height: 900 },
  { name: 'phone', width: 360, height: 740 },
];

/** The first link of a page that begins so, other than to make a new thing. */
async function link(page: Page, from: string, begins: string): Promise<string> {
  await visit(page, from);
  return (await page.locator(`main a[href^="${begins}"]:not([href$="/new"])`).first().getAttribute('href'))!;
}

/** A screen's own path. */
async function place(path: string, page: Page, request: APIRequestContext): Promise<string> {
  if (path.includes('/:sold')) return path.replace(':sold', (await sell(request)).lead_id);
  if (path.startsWith('/portal/leads/:')) {
    // Whoever bids most buys: one of these is this buyer's.
    for (let n = 0; n < 12; n++) await sell(request);
    return link(page, '/portal/leads', '/portal/leads/led_');
  }
  if (path.startsWith('/portal/contracts/:')) return link(page, '/portal', '/portal/contracts/con_');
  if (path.startsWith('/affiliate/instructions/:')) return link(page, '/affiliate/setup', '/affiliate/instructions/');
  if (path.startsWith('/contracts/') && path.includes('/:')) {
    const buyer = await link(page, '/buyers', '/buyers/');
    if (path.endsWith('/:id') || path.endsWith('/:id/try')) return path.replace('/contracts/:id', await link(page, buyer, '/contracts/con_'));
    await visit(page, buyer);
    await page.locator('main a[href^="/contracts/new"]').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('New contract');
    await page.locator('main a[href*="&campaign="]').first().click();
    const begin = path.endsWith('/:preset') ? 'boberdoo' : 'From its posting document';
    return (await page.getByRole('link', { name: begin, exact: true }).getAttribute('href'))!;
  }
  if (path.endsWith('/instructions/:campaign')) {
    const source = await link(page, '/sources', '/sources/');
    return link(page, source, `${source}/instructions/`);
  }
  if (!path.endsWith('/:id')) return path;
  const list = path.replace('/:id', '');
  return link(page, list, `${list}/`);
}

for (const screen of screens) {
  test.describe(screen.name, () => {
    test.use({ storageState: screen.as === 'nobody' ? { cookies: [], origins: [] } : stateOf(screen.as ?? 'admin') });

    for (const colorScheme of themes) {
      test.describe(colorScheme, () => {
        test.use({ colorScheme });

        test(`${screen.name} in ${colorScheme}`, async ({ page, request }) => {
          const path = await place(screen.path, page, request);
          for (const { name, ...viewport } of sizes) {
            await page.setViewportSize(viewport);
            await visit(page, path);
            await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
            await expect(page).toHaveTitle(/.+ · .+/);
            await fits(page);
            await accessible(page);
            await page.screenshot({ path: `${SCREENS}/${screen.name}-${name}-${colorScheme}.png`, fullPage: true });
          }
          await page.setViewportSize({ width: 320, height: 640 });
          await fits(page);
        });
      });
    }
  });
}

test('no route is without its screen', () => {
  const source = readFileSync(new URL('../../app/src/routes.rs', import.meta.url), 'utf8');
  const routes = [...source.matchAll(/path!\("([^"]+)"\)/g)].map(([, path]) => path);
  expect(routes.length).toBeGreaterThan(30);
  const shown = new Set(screens.map(({ path, route }) => route ?? path.split('?')[0]));
  expect(routes.filter((route) => !shown.has(route) && !elsewhere[route])).toEqual([]);
});

test('a page that does not exist says so and leads back', async ({ page }) => {
  // The browser itself reports the 404 on the console, so this page is asked for without it.
  const response = await page.request.get('/nowhere');
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain('<h1');
});
