import { setDefaultTimeout, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findBrowser, hasCjkFont, NO_BROWSER } from '../../test/support/browser/find-browser.ts'
import { launchBrowser } from '../../test/support/browser/launch.ts'
import { DEMO_TASKS, FAULTY } from './demo-tasks.ts'
import { startDemo } from './demo.ts'
import { csvOf, startTasks } from './start-tasks.ts'

/*
 * Takes the README’s pictures of the page from a running demo, in a real browser.
 *
 *     bun test ./docs/pictures/page.ts
 */

setDefaultTimeout(300_000)

interface Shot {
  /** docs/pictures/page-NAME.png */
  name: string
  /** path of the page; `running` is the id of the running task */
  path: (running: string) => string
  context?: BrowserContextOptions
  /** prepares the page for the picture */
  first?: (page: Page) => Promise<void>
  /** the last element in the picture, and the margin below it */
  last: string
  marginPx?: number
  /** what the window shows, wherever it was scrolled to */
  isWindow?: true
}

/** Taller than any picture, so that bars at the bottom of the window are in their place. */
const DESK: BrowserContextOptions = { viewport: { width: 1_160, height: 1_300 }, locale: 'en-US' }
/** For what fills the window. */
const SHORT: BrowserContextOptions = { viewport: { width: 1_160, height: 640 }, locale: 'en-US' }
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 1_300 },
  deviceScaleFactor: 1.5,
  isMobile: true,
  hasTouch: true,
}
/** The README must load quickly on a phone. */
const MAX_BYTES = 160_000

const list = () => '/batch'

const SHOTS: Shot[] = [
  { name: 'tasks', path: list, last: '.tasks', marginPx: 16 },
  { name: 'tasks-dark', path: list, context: { colorScheme: 'dark' }, last: '.tasks', marginPx: 16 },
  { name: 'tasks-phone', path: list, context: PHONE, last: '.task >> nth=2' },
  { name: 'tasks-zh', path: list, context: { locale: 'zh-CN' }, last: '.task >> nth=3' },
  { name: 'task', path: (id) => `/batch/${id}`, last: '#live' },
  { name: 'task-zh', path: (id) => `/batch/${id}`, context: { locale: 'zh-CN' }, last: '#live' },
  {
    name: 'sheet',
    path: (id) => `/batch/${id}`,
    first: toARow,
    context: SHORT,
    last: '#dialog',
    isWindow: true,
  },
  {
    name: 'sheet-zh',
    path: (id) => `/batch/${id}`,
    first: toARow,
    context: { ...SHORT, locale: 'zh-CN' },
    last: '#dialog',
    isWindow: true,
  },
  { name: 'usage', path: () => '/usage', last: '#main table >> nth=-1', marginPx: 16 },
  { name: 'check', path: () => '/batch/new', first: toTheCheck, last: '.other-file', marginPx: 16 },
  { name: 'files', path: () => '/batch/new', first: toTheFiles, last: '.preview', marginPx: 8 },
  { name: 'output-files', path: () => '/batch/new', first: toALabel, last: 'article.row section >> nth=1' },
  { name: 'waiting', path: () => '/batch/new', first: toAQuestion, last: '.questions > li >> nth=0' },
  { name: 'reading', path: () => '/batch/new', first: toAnUnsureEncoding, last: '.preview', marginPx: 8 },
]

const path = findBrowser()
const hasFont = hasCjkFont()

test('the pictures of the page', async () => {
  if (!path) throw new Error(NO_BROWSER)
  if (!hasFont) throw new Error('A picture in Chinese needs a font: install fonts-wqy-microhei.')
  const browser = await launchBrowser(path)
  try {
    const link = await startDemo()
    const running = (await startTasks(link, DEMO_TASKS)).at(-1) ?? ''
    for (const shot of SHOTS) await take(browser, link, shot, running)
  } finally {
    await browser.close()
  }
})

async function take(browser: Browser, link: string, shot: Shot, running: string): Promise<void> {
  const { name, path, context, first, last, marginPx = 0 } = shot
  const own = await browser.newContext({ ...DESK, reducedMotion: 'reduce', ...context })
  try {
    const page = await own.newPage()
    await signIn(page, link)
    const answer = await page.goto(new URL(path(running), link).href)
    if (!answer?.ok()) throw new Error(`${name} answers ${answer?.status()}: no picture of that.`)
    await first?.(page)
    await page.waitForLoadState()
    const box = await page.locator(last).boundingBox()
    if (!box) throw new Error(`page-${name}.png is to end with ${last}, which is not there.`)
    const width = page.viewportSize()?.width ?? 0
    const clip = { x: 0, y: 0, width, height: Math.ceil(box.y + box.height + marginPx) }
    const whole = shot.isWindow ? {} : { fullPage: true, clip }
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide', ...whole })
    if (png.byteLength > MAX_BYTES)
      throw new Error(`page-${name}.png has ${png.byteLength} bytes: show less.`)
    await Bun.write(join(import.meta.dir, `page-${name}.png`), png)
    process.stdout.write(`page-${name}.png  ${Math.ceil(png.byteLength / 1_000)} KB\n`)
  } finally {
    await own.close()
  }
}

/** With a name: the link alone makes everybody “admin”. */
async function signIn(page: Page, link: string): Promise<void> {
  const { origin, searchParams } = new URL(link)
  await page.goto(`${origin}/sign-in`)
  await page.locator('input[name=name]').fill('Mei')
  await page.locator('input[name=token]').fill(searchParams.get('token') ?? '')
  await page.locator('.sign-in button').click()
  await page.waitForURL('**/batch')
}

/** A row beside its sheet. */
async function toARow(page: Page): Promise<void> {
  await page.locator('#rows').evaluate((rows) => rows.scrollIntoView())
  await page.locator('.sheet tr:has(.state-succeeded) td.text').first().click()
  await page.locator('#dialog article.row').waitFor()
}

async function toTheCheck(page: Page): Promise<void> {
  const file = { name: 'autumn.csv', mimeType: 'text/csv', buffer: Buffer.from(csvOf(FAULTY)) }
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.locator('.preview').waitFor()
}

/** A sheet that names invoices, some of which came along. */
async function toTheFiles(page: Page): Promise<void> {
  const folder = join(import.meta.dir, '../../samples')
  const invoices = (await readdir(join(folder, 'invoices'))).toSorted().slice(0, -1)
  const sheet = join(folder, 'invoices.csv')
  await page
    .locator('input[type=file]')
    .setInputFiles([sheet, ...invoices.map((name) => join(folder, 'invoices', name))])
  await page.locator('select').first().selectOption({ label: 'Invoice reader' })
  await page.getByRole('button', { name: 'Next' }).click()
  await page.locator('.preview').waitFor()
}

/** A task whose rows wait for somebody to approve what was written. */
async function toAQuestion(page: Page): Promise<void> {
  const rows = [
    'Anna Berg,The kettle leaks at the handle. What can I do?',
    'Jo Lindt,Where is my parcel?',
    'Mia Roth,Can I have an invoice?',
    'Sam Ito,Does the lamp come in blue?',
  ]
  const buffer = Buffer.from(['customer,message', ...rows].join('\n'))
  await page.locator('input[type=file]').setInputFiles({ name: 'replies.csv', mimeType: 'text/csv', buffer })
  await page.locator('select').first().selectOption({ label: 'Reply approval' })
  for (const step of ['Next', 'Next', 'Next', 'Start'])
    await page.getByRole('button', { name: step, exact: true }).click()
  await page.waitForURL(/\/batch\/[a-z0-9]{4,6}$/)
  await page.getByText('4 rows wait for an answer').first().waitFor()
}

/** A row that gave a picture. */
async function toALabel(page: Page): Promise<void> {
  const text = 'product,price,copies\nKettle,29,2\n'
  const file = { name: 'labels.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
  await page.locator('input[type=file]').setInputFiles(file)
  for (const step of ['Next', 'Next', 'Next', 'Start'])
    await page.getByRole('button', { name: step, exact: true }).click()
  await page.waitForURL(/\/batch\/[a-z0-9]{4,6}$/)
  const task = page.url()
  for (;;) {
    await page.goto(`${task}/rows/2`)
    if (await page.locator('article.row img').count()) return
    await page.waitForTimeout(300)
  }
}

/** A file that does not say its encoding, so that the panel about its reading is open. */
async function toAnUnsureEncoding(page: Page): Promise<void> {
  const text =
    'Name,Key features,Tone\nCaf\u00e9 cr\u00e8me,Br\u00fbl\u00e9e au four,casual\nTh\u00e9 vert,Servi \u00e0 point,formal\n'
  const file = { name: 'carte.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') }
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.locator('.preview').waitFor()
}
