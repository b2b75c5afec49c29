import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** A real browser for the tests of the page. */

const PHONE_WIDTH = 390;
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: PHONE_WIDTH, height: 844 };

/** The path of a browser; null = this machine has none. */
export function findBrowser(): string | null {
  const script = join(__dirname, 'browser-binary.mjs');
  const path = execFileSync(process.execPath, [script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
  return path === '' ? null : path;
}

/** Builds what the browser is to be shown, unless that was built already. */
export function buildPage(): void {
  execFileSync(process.execPath, [join(__dirname, '..', 'local', 'build.mjs'), 'page']);
}

export async function launchBrowser(executablePath: string): Promise<Browser> {
  // Its sandbox needs rights that a container has not; nothing but our own page is opened.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A window of its own, without the cookies of others, that notes whatever goes wrong in it. */
export class Window {
  static async open(browser: Browser, home: string, { isPhone = false } = {}): Promise<Window> {
    const context = await browser.newContext({
      viewport: isPhone ? PHONE : DESKTOP,
      locale: 'en-US',
      timezoneId: 'America/New_York',
    });
    return new Window(context, await context.newPage(), home);
  }

  /** Errors that the page did not provoke by asking for what it may not see or what is away. */
  readonly errors: string[] = [];
  /** Addresses outside the server. */
  readonly strangers: string[] = [];
  /** Documents that were loaded: one, however much changes on it. */
  loads = 0;

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    readonly home: string,
  ) {
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      // The browser itself tells of every answer of 4xx, such as that nobody is signed in yet, and of lost connections.
      const isTold = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isTold) this.errors.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(home)) this.strangers.push(request.url());
      if (request.isNavigationRequest()) this.loads++;
    });
  }

  async go(path: string): Promise<void> {
    await this.page.goto(`${this.home}${path}`);
  }

  /** How much wider than the window the page is. */
  overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  }

  /** What a person with a keyboard or a reader of the screen would stumble over. */
  barriers(): Promise<string[]> {
    return this.page.evaluate(BARRIERS);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** Runs in the browser. */
const BARRIERS = `(() => {
  const seen = (element) => element.checkVisibility();
  const names = (element) => [
    element.getAttribute('aria-label'),
    ...(element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent),
    ...[...(element.labels ?? [])].map((label) => label.textContent),
    element.textContent,
    element.getAttribute('title'),
  ];
  const isNamed = (element) => names(element).some((name) => (name ?? '').trim() !== '');
  const unnamed = [...document.querySelectorAll('input, select, textarea, button, a[href], [role=progressbar]')]
    .filter((element) => seen(element) && element.type !== 'hidden' && !isNamed(element))
    .map((element) => 'without a name: ' + element.outerHTML.slice(0, 120));
  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(seen).map(({ tagName }) => Number(tagName[1]));
  const jumps = levels.flatMap((level, at) => level > (levels[at - 1] ?? 0) + 1 ? ['heading ' + level + ' after ' + (levels[at - 1] ?? 'none')] : []);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => 'id twice: ' + id);
  const mains = document.querySelectorAll('main').length === 1 ? [] : ['not one main part'];
  const ones = levels.filter((level) => level === 1).length === 1 ? [] : ['not one first heading'];
  return [...unnamed, ...jumps, ...twice, ...mains, ...ones];
})()`;
