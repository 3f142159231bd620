import { expect } from 'bun:test'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { served } from '../admin/support/served.ts'
import { setTaskLimit } from '../../src/db/tasks/task-limit.ts'
import { parseLimit } from '../../src/engine/limits.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser, type PageOptions } from '../support/browser/browser.ts'
import { Looks } from '../support/browser/looks.ts'

/*
 * The main screens in light, dark, Chinese and on a phone: nothing is cut off, each is small, and each looks as it did.
 *
 *     LOOKS=write bun test ./test/browser/looks.ts       after a change that is meant: then look at what it wrote
 */

const DESK = { viewport: { width: 1_160, height: 900 } }
const VARIANTS: Record<string, Omit<PageOptions, 'baseURL'>> = {
  light: DESK,
  dark: { ...DESK, colorScheme: 'dark' },
  zh: { ...DESK, locale: 'zh-CN' },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
}

/** Everything that the first visit of a screen brings, compressed, with scripts, styles and icons. */
const MOST_BYTES = 120_000

interface Ids {
  task: string
  paused: string
  workflow: string
}

const SCREENS: Record<string, { path: (ids: Ids) => string; first?: (page: Page) => Promise<void> }> = {
  tasks: { path: () => '/batch' },
  task: { path: ({ task }) => `/batch/${task}` },
  'task-at-limit': { path: ({ paused }) => `/batch/${paused}` },
  row: { path: ({ task }) => `/batch/${task}/rows/2` },
  'row-failed': { path: ({ task }) => `/batch/${task}/rows/4` },
  upload: { path: () => '/batch/new' },
  check: { path: () => '/batch/new', first: (page) => toTheCheck(page) },
  confirm: {
    path: () => '/batch/new',
    first: async (page) => {
      await toTheCheck(page, 'five steps of brightness')
      await next(page)
      await next(page)
    },
  },
  workflows: { path: () => '/workflows' },
  workflow: { path: ({ workflow }) => `/workflows/${workflow}/limit` },
  'workflow-page': { path: ({ workflow }) => `/workflows/${workflow}` },
  usage: { path: () => '/usage' },
  audit: { path: () => '/audit' },
}

async function next(page: Page): Promise<void> {
  const before = page.url()
  await page.getByRole('button', { name: /^(Next|下一步)$/ }).click()
  await page.waitForURL(({ href }) => href !== before)
}

/** @param features of the second row, which needs some */
async function toTheCheck(page: Page, features = ''): Promise<void> {
  const rows = ['Name,Key features', 'Kettle,boils a litre', `Desk lamp,${features}`, 'Rain jacket,340 g']
  const file = { name: 'autumn.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) }
  await page.locator('input[type=file]').setInputFiles(file)
  await next(page)
  await page.locator('.preview').waitFor()
}

async function aWeek() {
  const cast = await served()
  const { bot, workflow, submit, ended, until } = cast
  bot.startRunner()
  const { id: task } = await submit(12, { name: 'Kettles for the spring catalogue', retries: 0 }, (row) =>
    row === 4 ? '[sandbox: failed]' : row === 7 ? '[sandbox: empty]' : `boils in ${row} minutes, **quietly**`,
  )
  await ended(task)
  const { id: paused } = await submit(30, { name: 'Lamps', concurrency: 1 })
  await bot.db.transaction().execute((trx) => setTaskLimit(trx, paused, parseLimit('0.00002 USD')))
  await until(paused, ({ atLimit }) => atLimit)
  return { ...cast, ids: { task, paused, workflow: workflow.id } }
}

inBrowser('the main screens fit, are small and look as they did', async (aPage) => {
  const { ids, open } = await aWeek()
  const wide: string[] = []
  const large: string[] = []
  const changed: string[] = []
  for (const [variant, how] of Object.entries(VARIANTS)) {
    const { page, context } = await open(aPage, '/batch', { reducedMotion: 'reduce', ...how })
    const looks = await Looks.open(context, join(import.meta.dir, 'looks'))
    for (const [name, { path, first }] of Object.entries(SCREENS)) {
      const bytes = await bytesOf(page, path(ids))
      if (bytes > MOST_BYTES) large.push(`${name}: ${bytes} bytes`)
      await first?.(page)
      if (variant === 'dark') await expectAccessible(page)
      wide.push(...(await looks.tooWide(page)).map((what) => `${name}, ${variant}: ${what}`))
      await looks.compare(page, `${name}-${variant}`)
    }
    changed.push(...looks.changed)
  }
  expect({ wide, large, changed }).toEqual({ wide: [], large: [], changed: [] })
})

/** What a first visit is sent, on the wire. */
async function bytesOf(page: Page, path: string): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.goto(path, { waitUntil: 'load' })
  await session.detach()
  return bytes
}
