// The demo tenant: who may sign in, and leads of people who were not here before.
import { type APIRequestContext, expect } from '@playwright/test';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Login {
  role: string;
  email: string;
  password: string;
}

interface Shelf {
  api_key: string;
  logins: Login[];
}

/** What `gavel demo` remembers in its data directory. */
export function shelf(): Shelf {
  return JSON.parse(readFileSync(join(process.env.E2E_DATA!, 'demo.json'), 'utf8'));
}

/** Somebody who may sign in. */
export function login(role = 'operator'): Login {
  const found = shelf().logins.find((login) => login.role === role);
  if (!found) throw new Error(`the demo has no ${role}`);
  return found;
}

export interface Answer {
  lead_id: string;
  status: string;
  redirect_url: string;
  payout: { amount: string; currency: string };
  duration_ms: number;
  test: boolean;
}

let people = 0;

/** A number that neither another journey nor the demo's own traffic (always 555) has: a person is bought only once. */
function phone(): string {
  const exchange = randomInt(600, 900);
  return exchange % 100 === 11 ? phone() : `(906) ${exchange}-${String(randomInt(10_000)).padStart(4, '0')}`;
}

/** The example of the API's documentation, with a person of its own. */
function body() {
  people++;
  return {
    campaign: 'auto-insurance',
    external_id: `e2e-${process.pid}-${people}`,
    source: { sub1: 'fb-retarget', sub2: 'ad-77', click_id: 'ef_9a1' },
    fields: {
      zip: '48226', state: 'MI', age: 41, currently_insured: true, current_carrier: 'Other', vehicle_count: 2,
      home_owner: true, first_name: 'Dana', last_name: 'Reyes', email: `dana.${process.pid}.${people}@example.com`, phone: phone(),
      address: '1 Main St',
    },
    consent: {
      text: 'By clicking Get quotes you agree to be called about car insurance.',
      granted_at: '2026-05-07T19:04:11Z', signature: 'checkbox', page_url: 'https://quotes.example/auto',
      ip: '203.0.113.9', user_agent: 'Mozilla/5.0',
    },
  };
}

/** Sells a lead through the public API, as a form would. */
export async function sell(request: APIRequestContext): Promise<Answer> {
  const response = await request.post('/api/v1/leads', {
    headers: { authorization: `Bearer ${shelf().api_key}` },
    data: body(),
  });
  expect(response.status(), await response.text()).toBe(200);
  const answer: Answer = await response.json();
  expect(answer.status, JSON.stringify(answer)).toBe('sold');
  expect(answer.redirect_url).toMatch(/^https?:\/\//);
  return answer;
}
