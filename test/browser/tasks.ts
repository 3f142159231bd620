import { expect } from 'bun:test'
import { join } from 'node:path'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { ADMIN_TOKEN } from '../admin/support/admin.ts'
import { served } from '../admin/support/served.ts'
import { readSheet } from '../admin/support/sheet.ts'
import { tempFolder, until } from '../support/bot.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'

inBrowser('a person signs in by hand, and out', async (aPage) => {
  const { baseURL } = await served()
  const { page } = await aPage({ baseURL, expected: [/status of 401/] })
  await page.goto('/batch?state=failed')
  await expectAccessible(page)
  await page.getByLabel('Your name').fill('Mei')
  await page.getByLabel('Token').fill('not the token at all')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('That token is wrong.').waitFor()
  await page.getByLabel('Your name').fill('Mei')
  await page.getByLabel('Token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/batch?state=failed')
  await page.getByText('Mei', { exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  await page.goto('/batch')
  expect(new URL(page.url()).pathname).toBe('/sign-in')
})

inBrowser('a task is watched to its end, without a reload', async (aPage) => {
  const { bot, submit, open } = await served()
  const { id } = await submit(4, { name: 'kettles', concurrency: 1 }, () => '[sandbox: delay=400] good')
  const { page } = await open(aPage, `/batch/${id}`)
  await page.getByText('0/4').waitFor()
  await page.evaluate(`window.notReloaded = true`)
  bot.startRunner()
  await page.locator('#live').getByText('4/4').waitFor()
  await page.locator('#live .state-completed').waitFor()
  // With the state, not at its own next time.
  await page.locator('#rows #row-5 .state-succeeded').waitFor({ timeout: 2_000 })
  expect(await page.evaluate(`window.notReloaded`)).toBe(true)
})

inBrowser('live updates leave focus, scroll and what is open alone', async (aPage) => {
  const { bot, submit, open } = await served()
  const long = 'a long text that is folded. '.repeat(20)
  const { id } = await submit(40, { concurrency: 1 }, (row) =>
    row === 2 ? `[sandbox: failed, times=1] ${long}` : `[sandbox: delay=50] ${long}`,
  )
  await bot.engine.pause(id, 'Mei')
  const { page } = await open(aPage, `/batch/${id}`)
  const sheet = page.locator('.sheet-scroll')
  await sheet.evaluate((element) => element.scrollTo(0, 400))
  const row = page.locator('#row-20 a')
  await row.focus()
  const scrolled = () => page.evaluate<number>(`window.scrollY`)
  await page.evaluate(`window.scrollTo(0, 500)`)
  const before = await scrolled() // the page may not be long enough for all of it
  bot.startRunner()
  await bot.engine.resume(id, 'Mei')
  const askAll = `for (const one of document.querySelectorAll('[data-live]')) htmx.trigger(one, 'every')`
  await until(
    async () => {
      await page.evaluate(askAll)
      return page.locator('#row-2 .state-succeeded').count()
    },
    (shown) => shown > 0,
  )
  expect(await sheet.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThanOrEqual(300)
  expect(await page.evaluate(`document.activeElement.closest('tr')?.id`)).toBe('row-20')
  // What grows above is the browser’s to make up for (scroll anchoring): it never jumps back to the top.
  expect(before).toBeGreaterThan(200)
  expect(await scrolled()).toBeGreaterThanOrEqual(before)
})

inBrowser('nothing is asked for while the tab is hidden, or while updates are paused', async (aPage) => {
  const { submit, open } = await served()
  const { id } = await submit(2)
  const { page } = await open(aPage, `/batch/${id}`)
  let asked = 0
  page.on('request', (request) => {
    if (request.url().includes('/live')) asked++
  })
  const ask = () => page.evaluate(`htmx.trigger(document.querySelector('#live'), 'every')`)
  const hide = (hidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })`)
  await hide(true)
  await ask()
  expect(asked).toBe(0)
  await hide(false)
  await page.keyboard.press('r')
  await page.getByRole('button', { name: 'Not live' }).waitFor()
  await ask()
  expect(asked).toBe(0)
  const request = page.waitForRequest(/\/live/)
  await page.keyboard.press('r')
  await request
})

inBrowser('stop and retry ask first, in a dialog, and then do it', async (aPage) => {
  const { bot, submit, open, ended } = await served()
  bot.startRunner()
  const failed = await submit(4, { name: 'kettles', retries: 0 }, (row) =>
    row < 4 ? '[sandbox: failed, times=1]' : 'good',
  )
  await ended(failed.id)
  const { page } = await open(aPage, `/batch/${failed.id}`)
  await page.locator('.errors').getByRole('button', { name: 'Retry these 2' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('2 rows run again, and each run is paid for again.').waitFor()
  await dialog.getByRole('button', { name: 'Run them again' }).click()
  await page.locator('#live').getByText('4/4').waitFor()
  await page.locator('#live .errors').waitFor({ state: 'detached' })
  expect(await page.locator('dialog[open]').count()).toBe(0)

  const waits = await submit(3, { name: 'toasters' }, () => '[sandbox: delay=60000]')
  await page.goto('/batch')
  const line = page.locator(`#task-${waits.id}`)
  await line.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Keep it as it is' }).click()
  expect((await findTask(bot.db, waits.id))?.status).not.toBe('cancelled')
  await line.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click()
  await line.locator('.state-cancelled').waitFor()
})

inBrowser('what cannot be done is said above the page, which stays', async (aPage) => {
  const { bot, submit, open } = await served()
  const { id } = await submit(2)
  const { page } = await open(aPage, `/batch/${id}`, { expected: [/status of 409/] })
  await page.keyboard.press('r')
  await bot.engine.stop(id, 'somebody else')
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText(`Task ${id} cannot be paused: it is stopped.`).waitFor()
  await page.locator('#notice').getByRole('button').click()
  expect(await page.locator('#notice').textContent()).toBe('')
  expect(await page.locator('#rows').count()).toBe(1)
})

inBrowser('a result is downloaded, and opens', async (aPage) => {
  const { bot, submit, open, ended } = await served()
  bot.startRunner()
  const { id } = await submit(3)
  await ended(id)
  const { page } = await open(aPage, `/batch/${id}`, { acceptDownloads: true })
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  const download = await coming
  expect(download.suggestedFilename()).toBe('products.results.xlsx')
  const path = join(tempFolder(), 'result.xlsx')
  await download.saveAs(path)
  const rows = await readSheet(await Bun.file(path).bytes(), 'result.xlsx')
  expect(rows.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
})

inBrowser('the keyboard finds, walks, opens and explains', async (aPage) => {
  const { submit, open } = await served()
  await submit(1, { name: 'kettles' })
  await submit(1, { name: 'toasters' })
  const { page } = await open(aPage, '/batch')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  expect(await page.evaluate(`document.activeElement.textContent`)).toBe('kettles')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'toasters' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('kett')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/batch?q=kett')
  await page.keyboard.press('t')
  await page.locator('html[data-theme="light"]').waitFor()
})

inBrowser('without script everything works by links and forms', async (aPage) => {
  const { bot, submit, open } = await served()
  const { id } = await submit(2, { name: 'kettles' })
  const { page } = await open(aPage, '/batch', { javaScriptEnabled: false })
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.locator('.state-paused').first().waitFor()
  expect(new URL(page.url()).pathname).toBe('/batch')
  await page.getByRole('link', { name: 'kettles' }).click()
  await page.locator('#row-2 a').click()
  await page.locator('#question h2', { hasText: 'Row 2' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Stop it' }).click()
  await page.locator('#live .state-cancelled').waitFor()
  expect((await findTask(bot.db, id))?.status).toBe('cancelled')
  await page.getByRole('button', { name: '简', exact: true }).click()
  await page.locator('html[lang="zh-CN"]').waitFor()
})

for (const [what, options] of [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['Chinese on a phone', { locale: 'zh-CN', viewport: { width: 390, height: 844 } }],
  ['for who may only look', { as: 'viewer' }],
] as const) {
  inBrowser(`list, task, row and question have no serious barrier: ${what}`, async (aPage) => {
    const { bot, submit, open, ended } = await served()
    bot.startRunner()
    const { id } = await submit(4, { retries: 0 }, (row) => (row === 2 ? '[sandbox: failed]' : 'good'))
    await ended(id)
    await submit(2, {}, () => '[sandbox: delay=60000]')
    const { page } = await open(aPage, '/batch', options)
    await expectAccessible(page)
    for (const path of [`/batch/${id}`, `/batch/${id}/rows/2`, `/batch/${id}/delete`, '/batch?q=nothing']) {
      await page.goto(path)
      await expectAccessible(page)
    }
    expect(await page.evaluate(`document.documentElement.scrollWidth <= window.innerWidth`)).toBe(true)
  })
}
