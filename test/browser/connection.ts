import { expect } from 'bun:test'
import type { BrowserContext, Page } from 'playwright-core'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { revokeToken } from '../../src/app/tokens.ts'
import { pauseTask } from '../../src/app/tasks.ts'
import { ADMIN_TOKEN } from '../admin/support/admin.ts'
import { served } from '../admin/support/served.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'
import { goOn, press } from './press.ts'

/** What a browser says of a server that is not there, and htmx of a request without an answer. */
const AWAY = [/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|ERR_ABORTED|Failed to fetch/]
const LOST = /^No answer from Rowbot since \d\d:\d\d:\d\d\. What you see may be old\.$/

inBrowser(
  'a server that has gone is said, clicks are refused, and all is fresh once it is back',
  async (aPage) => {
    const { submit, open, stop, start, bot, id } = await withTask()
    await submit(1, { name: 'cups' })
    const { page } = await open(aPage, `/batch/${id}`, { expected: AWAY, colorScheme: 'dark' })
    await page.locator(`#stop-${id}`).click()
    await page.getByRole('dialog').getByRole('heading', { name: 'Stop kettles?' }).waitFor()
    await stop()
    await bar(page).getByText(LOST).waitFor()
    await page.getByRole('button', { name: '○ Not connected' }).waitFor({ state: 'attached' })

    await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click()
    await page.getByRole('dialog').getByText('Not connected: nothing was done.').waitFor()
    await page.keyboard.press('Escape')
    for (const click of [
      page.locator(`#pause-${id} button`),
      page.getByRole('link', { name: 'Workflows' }),
    ]) {
      await page.locator('#fault').waitFor({ state: 'detached' })
      await click.click()
      await page.locator('#notice').getByText('Not connected: nothing was done.').waitFor()
      await page.getByRole('button', { name: 'Close' }).click()
    }
    await expectAccessible(page)

    await pauseTask(bot, { face: 'cli', name: 'jo', role: 'admin' }, id)
    await page.getByRole('button', { name: 'Try now' }).waitFor()
    start()
    // Not click(): the page tries by itself, too, and hides the button once it is back.
    await page.locator('[data-try]').dispatchEvent('click')
    await bar(page).waitFor({ state: 'hidden' })
    await page.locator('#live .state-paused').waitFor()
    await page.getByRole('button', { name: '● Live' }).waitFor()
  },
)

inBrowser(
  'a server that shuts down says so in the bar and to a click, and that it did once it is gone',
  async (aPage) => {
    let isStopping = false
    const { open, stop, start, id } = await withTask({ isStopping: () => isStopping })
    const { page } = await open(aPage, `/batch/${id}`, { expected: [...AWAY, /status of 422/] })
    await page.locator(`#pause-${id} button`).click()
    await page.locator(`#resume-${id}`).waitFor()
    isStopping = true
    await bar(page).getByText('Rowbot is shutting down. Rows in flight may finish').waitFor()
    await page.getByRole('button', { name: '● Live' }).waitFor()
    await page.locator(`#resume-${id} button`).click()
    await page.locator('#notice').getByText('Rowbot is shutting down: nothing was done.').waitFor()
    await expectAccessible(page)
    await stop()
    await bar(page)
      .getByText(/^Rowbot was shut down; its last answer came at \d\d:\d\d:\d\d\./)
      .waitFor()
    isStopping = false
    start()
    await bar(page).waitFor({ state: 'hidden' })
    await page.locator(`#resume-${id} button`).click()
    await page.locator(`#pause-${id}`).waitFor()
  },
)

inBrowser(
  'the page of a proxy is never shown in place of a part, and a click says who answered',
  async (aPage) => {
    const { open, id } = await withTask()
    const { page, context } = await open(aPage, `/batch/${id}`, { expected: [/status of 403/] })
    const proxy = await aProxy(context)
    proxy.asks('POST')
    await page.locator(`#pause-${id} button`).click()
    await page.locator('#notice').getByText('answered in its place (HTTP 403)').waitFor()
    proxy.asks('GET')
    await bar(page).getByText(LOST).waitFor()
    expect(await page.getByText('Forbidden by the proxy').count()).toBe(0)
    expect(await page.locator('#live .state').count()).toBe(1)
    proxy.asks('nothing')
    await bar(page).waitFor({ state: 'hidden' })
  },
)

inBrowser(
  'whose token is revoked is told so beside the page, and a click leads to the sign-in and back',
  async (aPage) => {
    const { open, id, bot, withToken } = await withTask()
    const ada = await withToken('Ada', 'admin')
    const { page } = await open(aPage, `/sign-in?token=${ada.token}`)
    await page.goto(`/batch/${id}?page=1`)
    await revokeToken(bot, { face: 'cli', name: 'jo', role: 'admin' }, 'Ada')
    await bar(page).getByText('You are no longer signed in. What you see may be old.').waitFor()
    expect(new URL(page.url()).pathname).toBe(`/batch/${id}`)
    await page.locator(`#pause-${id} button`).click()
    await page.getByLabel('Token').fill(ADMIN_TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator(`#pause-${id}`).waitFor()
    expect(page.url()).toEndWith(`/batch/${id}?page=1`)
  },
)

inBrowser('nothing typed is lost when the session ends meanwhile', async (aPage) => {
  const { open } = await served()
  const { page, context } = await open(aPage, '/batch/new')
  await choose(page)
  for (const label of ['Next', 'Next']) await goOn(page, label)
  await page.getByLabel('Name of the task').fill('kettles & co')
  await context.clearCookies()
  await press(page, 'Next')
  await page.locator('#notice').getByText('You are no longer signed in: nothing was done.').waitFor()
  await bar(page).getByText('What you have typed stays here').waitFor()
  const coming = context.waitForEvent('page')
  await bar(page).getByRole('button', { name: 'Sign in' }).click()
  const other = await coming
  await other.getByLabel('Token').fill(ADMIN_TOKEN)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.getByRole('heading', { name: 'Parameters' }).waitFor()
  await other.close()
  await press(page, 'Next')
  await page.getByText('kettles & co').first().waitFor()
})

inBrowser('an upload that cannot arrive is said, and the door is open again', async (aPage) => {
  const { open, stop, start } = await withTask()
  const { page } = await open(aPage, '/batch/new', { expected: AWAY })
  await stop()
  await page.locator('input[type=file]').setInputFiles(sheet())
  await page
    .locator('#notice')
    .getByText('The upload did not arrive. Please choose the file again.')
    .waitFor()
  await bar(page).getByText(LOST).waitFor()
  start()
  await bar(page).waitFor({ state: 'hidden' })
  await choose(page)
})

inBrowser('the keys stay where Pause and Resume are', async (aPage) => {
  const { open, id } = await withTask()
  const { page } = await open(aPage, `/batch/${id}`)
  await page.locator(`#pause-${id} button`).focus()
  for (const name of ['Resume', 'Pause']) {
    await page.keyboard.press('Enter')
    await page.locator(':focus', { hasText: name }).waitFor()
  }
})

inBrowser('going back in the browser goes one step of the wizard back', async (aPage) => {
  const { open } = await served()
  const { page } = await open(aPage, '/batch/new')
  await choose(page)
  for (const label of ['Next', 'Next', 'Next']) await goOn(page, label)
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  for (const step of ['Parameters', 'Check the upload', 'Which workflow?']) {
    await page.goBack()
    await page.getByRole('heading', { name: step }).waitFor()
  }
  await press(page, 'Next')
  await page.getByRole('heading', { name: 'Check the upload' }).waitFor()
})

inBrowser('what one tab does shows in the other', async (aPage) => {
  const { open, id } = await withTask()
  const { page, context } = await open(aPage, `/batch/${id}`)
  const other = await context.newPage()
  await other.goto(`/batch/${id}`)
  await press(page, 'Pause')
  await other.locator('#live .state-paused').waitFor()
  await press(other, 'Resume')
  await page.locator(`#pause-${id}`).getByRole('button', { name: 'Pause' }).waitFor()
})

inBrowser('over a slow network the page comes whole, and two clicks act once', async (aPage) => {
  const { bot, open, submit, ended } = await served()
  const { id } = await submit(3, { retries: 0 }, (row) => (row === 3 ? '[sandbox: failed, times=1]' : 'hot'))
  bot.startRunner()
  await ended(id)
  // If the first click has its answer before the second one comes, that hears that the row has gone on.
  const { page, context } = await open(aPage, '/batch', { possible: [/status of 409 .*\/retry/] })
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 300,
    downloadThroughput: 60_000,
    uploadThroughput: 20_000,
  })
  await page.goto(`/batch/${id}`)
  const retry = page.getByRole('button', { name: 'Retry failed (1)' })
  await retry.click()
  await page.getByRole('dialog').locator('button:not(.outline)').last().dblclick()
  await page.locator('#live').getByText('3/3').waitFor()
  await retry.waitFor({ state: 'detached' })
  await ended(id)
  expect((await listAudit(bot.db, { action: 'task.retry' })).total).toBe(1)
})

/** A served page with a task of which nothing runs, whose server can go away and come back at the same address. */
async function withTask(options: Parameters<typeof served>[0] = {}) {
  const around = await served(options)
  const { id } = await around.submit(3, { name: 'kettles' })
  const { app, baseURL } = around
  const stop = () => app.stop(true)
  const start = () => void app.listen({ hostname: '127.0.0.1', port: Number(new URL(baseURL).port) })
  return { ...around, id, stop, start }
}

/** A proxy that refuses requests of one kind with a page of its own. */
async function aProxy(context: BrowserContext) {
  let kind = 'nothing'
  await context.route('**/*', (route) =>
    route.request().method() === kind
      ? route.fulfill({ status: 403, contentType: 'text/html', body: '<h1>Forbidden by the proxy</h1>' })
      : route.fallback(),
  )
  return { asks: (method: 'GET' | 'POST' | 'nothing') => void (kind = method) }
}

function bar(page: Page) {
  return page.locator('#connection')
}

function sheet() {
  return { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('Name,Key features\nKettle,hot\n') }
}

async function choose(page: Page): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(sheet())
  await page.getByRole('heading', { name: 'Which workflow?' }).waitFor()
}
