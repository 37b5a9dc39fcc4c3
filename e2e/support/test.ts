// A page that is watched: whatever it says on the console as an error or a warning (a hydration that does not fit is one)
// fails the journey.
import { type Page, expect, test as base } from '@playwright/test';
import axe from 'axe-core';

export { expect };

export const test = base.extend<{ quiet: void }>({
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) said.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => said.push(`thrown: ${error.message}`));
      await use();
      expect(said, 'the console is silent').toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens a page and waits until it is alive. */
export async function visit(page: Page, path: string) {
  const response = await page.goto(path);
  expect(response?.status(), path).toBe(200);
  await alive(page);
}

/** Waits until the islands of the page at hand are alive: a sign of their own, never a time. */
export async function alive(page: Page) {
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
}

/** Nothing that keeps people from using the page. */
export async function accessible(page: Page) {
  // Evaluated by the debugger, which the content security policy does not bind.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: typeof import('axe-core') }).axe;
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html).join(' | ')}`);
  });
  expect(found, 'no serious fault of accessibility').toEqual([]);
}

/** The page itself never scrolls sideways; a wide table may inside its own frame. */
export async function fits(page: Page) {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(widths[0], 'the page is no wider than the window').toBeLessThanOrEqual(widths[1]);
}
