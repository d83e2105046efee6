import { defineConfig } from "@playwright/test";
import { browserEnv, chromiumArgs, findChromium } from "./browser.mjs";

const executablePath = findChromium();

export default defineConfig({
  testDir: "./e2e",
  timeout: 60_000,
  fullyParallel: true,
  workers: 2,
  reporter: "list",
  outputDir: "../node_modules/.cache/playwright",
  use: { baseURL: "http://localhost:4173", trace: "retain-on-failure" },
  projects: [
    {
      name: "chromium",
      use: {
        browserName: "chromium",
        launchOptions: { ...(executablePath ? { executablePath } : {}), env: browserEnv(), args: chromiumArgs },
      },
    },
  ],
  webServer: {
    command: "npx vite preview --mode demo --outDir ../dist-demo --port 4173 --strictPort",
    cwd: "..",
    url: "http://localhost:4173",
    reuseExistingServer: !process.env.CI,
  },
});
