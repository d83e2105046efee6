// Finds a Chromium for the tests, or fetches one: `node test/browser.mjs` prints its path.
// Plain JavaScript, because Node 20 runs it as it is.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright";

const cache = fileURLToPath(new URL("../node_modules/.cache/browser/", import.meta.url));
const packaged = join(cache, "chromium");
const packagedLibraries = join(cache, "al2023/lib");

/** Switches for a browser that runs as root, without a GPU, and asks no host but the test server. */
export const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

function run(command, args, env = {}) {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, ...env } });
    return true;
  } catch {
    return false;
  }
}

function onPath(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/** A browser that the machine's owner installed. */
function installed() {
  if (process.platform === "linux") {
    return onPath("chromium", "chromium-browser", "google-chrome", "microsoft-edge");
  }
  if (process.platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"]
      .map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
      .find(existsSync);
  }
  return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
    .map((variable) => join(process.env[variable] ?? "", "Google/Chrome/Application/chrome.exe"))
    .find(existsSync);
}

/** Path of a browser that is here already, or undefined. */
export function findChromium() {
  const managed = chromium.executablePath();
  return (
    process.env.CHROMIUM_PATH ??
    (managed && existsSync(managed) ? managed : undefined) ??
    installed() ??
    (existsSync(packaged) ? packaged : undefined)
  );
}

/** The environment a browser is started with: the packaged one brings libraries of its own. */
export function browserEnv() {
  if (!existsSync(packagedLibraries)) return process.env;
  const path = [packagedLibraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  return { ...process.env, LD_LIBRARY_PATH: path };
}

/** The ways to get a browser, in order: each is tried only when the ones before left none. */
const SOURCES = [
  {
    name: "Playwright's download",
    fetch: () =>
      run("npx", ["playwright", "install", "chromium"], {
        PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: process.env.PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT ?? "8000",
      }),
  },
  {
    name: "apt-get install chromium",
    fetch: () => {
      if (process.getuid?.() !== 0 || !onPath("apt-get")) return;
      run("apt-get", ["update", "-q"]);
      run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"], {
        DEBIAN_FRONTEND: "noninteractive",
      });
    },
  },
  {
    name: "Chromium as an npm package (x64 Linux, no root needed)",
    fetch: async () => {
      if (process.platform !== "linux" || process.arch !== "x64") return;
      mkdirSync(cache, { recursive: true });
      const specifier = "@sparticuz/chromium@147.0.0"; // the last for Node 20
      if (!run("npm", ["install", "--prefix", cache, "--no-audit", "--no-fund", "--ignore-scripts", specifier])) return;
      process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x"; // makes it unpack NSS and expat as well
      process.env.TMPDIR = cache;
      const main = join(cache, "node_modules/@sparticuz/chromium/build/esm/index.js");
      const { default: packager } = await import(pathToFileURL(main).href);
      await packager.executablePath();
    },
  },
];

/** Path of a browser, fetched if need be. */
export async function ensureChromium() {
  for (const source of SOURCES) {
    const path = findChromium();
    if (path) return path;
    console.error(`[browser] none found; trying ${source.name}`);
    await source.fetch();
  }
  const path = findChromium();
  if (path) return path;
  throw new Error("No Chromium. Install Chrome or Chromium, or set CHROMIUM_PATH.");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await ensureChromium());
