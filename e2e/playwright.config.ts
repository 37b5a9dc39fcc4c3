// Starts `gavel demo` on free ports with an empty data directory and walks through it in Chromium.
import { defineConfig, devices } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STATE } from './support/paths';

// The configuration is read again in every worker; what was chosen first is handed down in the environment.
const chosen = (name: string, choose: () => string): string => (process.env[name] ??= choose());

const port = () => {
  const script = 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })';
  return execFileSync(process.execPath, ['-e', script]).toString().trim();
};

const url = chosen('E2E_URL', () => `http://127.0.0.1:${port()}`);
const sandbox = chosen('E2E_SANDBOX', () => `127.0.0.1:${port()}`);
const data = chosen('E2E_DATA', () => mkdtempSync(join(tmpdir(), 'gavel-e2e-')));
const gavel = process.env.GAVEL_BIN;
if (!gavel) throw new Error('GAVEL_BIN names no gavel binary: run the journeys through `make e2e`');

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  // Two cores, one server: journeys one after the other keep the figures on the pages readable.
  workers: 1,
  // What is tested is behaviour, not speed: a slow machine takes ten times as long as a quick one.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [['list'], ['html', { outputFolder: 'artifacts/report', open: 'never' }]],
  use: {
    baseURL: url,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
      ],
    },
  },
  webServer: {
    command: `"${gavel}" demo`,
    url: `${url}/readyz`,
    timeout: 60_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 40_000 },
    stderr: 'pipe',
    env: {
      ...(process.env as Record<string, string>),
      GAVEL_LISTEN: new URL(url).host,
      GAVEL_SANDBOX_LISTEN: sandbox,
      GAVEL_DATA_DIR: data,
      GAVEL_DATABASE_URL: `sqlite://${join(data, 'gavel.db')}`,
      GAVEL_LOG: 'warn',
    },
  },
  projects: [
    { name: 'sign in', testMatch: 'sign-in.setup.ts', use: { ...devices['Desktop Chrome'] } },
    {
      name: 'with script',
      dependencies: ['sign in'],
      testIgnore: ['sign-in.setup.ts', 'no-script.spec.ts'],
      use: { ...devices['Desktop Chrome'], storageState: STATE },
    },
    {
      name: 'script off',
      dependencies: ['sign in'],
      testMatch: 'no-script.spec.ts',
      use: { ...devices['Desktop Chrome'], javaScriptEnabled: false },
    },
  ],
});
