// People who come and go: their links in the mail, their signing in, and the command line of whoever runs the server.
import { type Page, expect } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Login } from './demo';
import { alive } from './test';

/** What everybody chooses here. */
export const PASSWORD = 'a password of my own';

/** Signs in as somebody. */
export async function signIn(page: Page, { email, password }: Pick<Login, 'email' | 'password'>) {
  await page.goto('/sign-in');
  await alive(page);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The path of the link in the newest mail to an address; mail is sent beside the answer. */
export async function link(to: string): Promise<string> {
  const folder = join(process.env.E2E_DATA!, 'mail');
  let found = '';
  await expect
    .poll(() => {
      try {
        const mails = readdirSync(folder).sort().map((name) => readFileSync(join(folder, name), 'utf8'));
        const mine = mails.filter((mail) => mail.includes(`To: ${to}`)).at(-1) ?? '';
        found = mine.replaceAll('=\r\n', '').match(/\/join\/gvl_link_\w+/)?.[0] ?? '';
      } catch {
        found = '';
      }
      return found;
    })
    .not.toBe('');
  return found;
}

/** Runs a command on the data of the server at hand. */
export function gavel(words: string[], input = '') {
  const env = { ...process.env, GAVEL_DATA_DIR: process.env.E2E_DATA!, GAVEL_DATABASE_URL: `sqlite://${process.env.E2E_DATA}/gavel.db` };
  return execFileSync(process.env.GAVEL_BIN!, words, { env, input }).toString();
}
