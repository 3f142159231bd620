import { test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findBrowser, findCjkFont, NO_BROWSER } from '../../test/support/browser/find-browser.ts'
import { launchBrowser } from '../../test/support/browser/launch.ts'
import { startDemo } from './demo.ts'

/*
 * Takes the README's pictures of the page from a running demo: every one is the page as it is, in a real browser.
 *
 *     bun test ./docs/pictures/page.ts
 */

interface Shot {
  /** docs/pictures/page-NAME.png */
  name: string
  path: string
  context?: BrowserContextOptions
  /** brings the page to what is to be seen */
  first?: (page: Page) => Promise<void>
}

const DESK: BrowserContextOptions = { viewport: { width: 1_200, height: 700 }, locale: 'en-US' }
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 720 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
}
/** In a README that loads on a phone. At one pixel a point a full page has about 80 KB; packing it anew gains 4 %. */
const MAX_BYTES = 150_000

const SHOTS: Shot[] = [
  { name: 'tasks', path: '/batch' },
  { name: 'tasks-dark', path: '/batch', context: { colorScheme: 'dark' } },
  { name: 'tasks-phone', path: '/batch', context: PHONE },
  { name: 'tasks-zh', path: '/batch', context: { locale: 'zh-CN' } },
  { name: 'task', path: '/batch', first: (page) => page.locator('main a[href^="/batch/"]').first().click() },
  { name: 'new', path: '/batch/new' },
]

// Before the test, which has less time than it takes to install them.
const path = await findBrowser()
const hasFont = await findCjkFont()

test('the pictures of the page', async () => {
  if (!path) throw new Error(NO_BROWSER)
  if (!hasFont) throw new Error('A picture in Chinese needs a font: install fonts-wqy-microhei.')
  const browser = await launchBrowser(path)
  try {
    const link = await startDemo()
    for (const shot of SHOTS) await take(browser, link, shot)
  } finally {
    await browser.close()
  }
}, 120_000)

async function take(browser: Browser, link: string, { name, path, context, first }: Shot): Promise<void> {
  const own = await browser.newContext({ ...DESK, reducedMotion: 'reduce', ...context })
  try {
    const page = await own.newPage()
    await page.goto(link)
    const answer = await page.goto(new URL(path, link).href)
    if (!answer?.ok()) throw new Error(`${path} answers ${answer?.status()}: no picture of that.`)
    await first?.(page)
    await page.waitForLoadState()
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide' })
    if (png.byteLength > MAX_BYTES)
      throw new Error(`page-${name}.png has ${png.byteLength} bytes: show less.`)
    await Bun.write(join(import.meta.dir, `page-${name}.png`), png)
    process.stdout.write(`page-${name}.png  ${Math.ceil(png.byteLength / 1_000)} KB\n`)
  } finally {
    await own.close()
  }
}
