import { expect } from 'bun:test'
import type { Page } from 'playwright-core'
import { served } from '../admin/support/served.ts'
import { until } from '../support/bot.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'

inBrowser(
  'an open menu and a focused button outlive an update; a click elsewhere closes the menu',
  async (aPage) => {
    const { bot, submit, open, ended } = await served()
    bot.startRunner()
    const done = await submit(2, { name: 'kettles' })
    await ended(done.id)
    const runs = await submit(30, { name: 'toasters', concurrency: 1 }, () => '[sandbox: delay=50]')
    const { page } = await open(aPage, '/batch')
    const menu = page.locator(`#more-${done.id}`)
    await menu.locator('summary').click()
    await menu.getByRole('button', { name: 'Delete' }).focus()
    const counts = page.locator(`#task-${runs.id} strong`)
    const before = await counts.textContent()
    await until(
      async () => {
        await update(page)
        return counts.textContent()
      },
      (text) => text !== before,
    )
    expect(await menu.getAttribute('open')).not.toBeNull()
    await focusIsOn(page, 'Delete')
    await page.getByRole('heading', { name: 'Tasks' }).click()
    expect(await menu.getAttribute('open')).toBeNull()
  },
)

inBrowser('one menu is open at a time, and leaving it by the keys closes it', async (aPage) => {
  const { bot, submit, open, ended } = await served()
  bot.startRunner()
  for (const name of ['kettles', 'toasters']) await ended((await submit(1, { name })).id)
  const { page } = await open(aPage, '/batch')
  const menus = page.locator('.task details.menu')
  await menus.nth(1).locator('summary').click()
  await menus.nth(0).locator('summary').click()
  expect(await page.locator('details.menu[open]').count()).toBe(1)
  await page.keyboard.press('Tab')
  await focusIsOn(page, 'Delete')
  await page.keyboard.press('Tab')
  expect(await page.locator('details.menu[open]').count()).toBe(0)
})

inBrowser(
  'a question that loses something begins at “no”, and gives the keys back to the menu',
  async (aPage) => {
    const { bot, submit, open, ended } = await served()
    bot.startRunner()
    const { id } = await submit(1, { name: 'kettles' })
    await ended(id)
    const { page } = await open(aPage, '/batch')
    await page.locator(`#more-${id} summary`).focus()
    for (const key of ['Enter', 'Tab', 'Enter']) await page.keyboard.press(key)
    await page.getByRole('heading', { name: 'Delete kettles?' }).waitFor()
    await focusIsOn(page, 'Keep it as it is')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    await page.locator(`#more-${id} > :focus`).waitFor()
  },
)

inBrowser('when the button that asked is gone, the keys are at its task', async (aPage) => {
  const { submit, open } = await served()
  const { id } = await submit(2, { name: 'kettles' })
  const { page } = await open(aPage, '/batch')
  await page.locator(`#task-${id}`).getByRole('button', { name: 'Stop' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).press('Enter')
  await page.locator(`#task-${id} .state-cancelled`).waitFor()
  await until(
    () => focused(page),
    (text) => text === 'kettles',
  )
})

inBrowser('the keys go on from a button of a task, and from row to row', async (aPage) => {
  const { submit, open } = await served()
  await submit(1, { name: 'kettles' })
  const { id } = await submit(3, { name: 'toasters' })
  const { page } = await open(aPage, '/batch')
  await page.locator(`#task-${id}`).getByRole('button', { name: 'Pause' }).focus()
  await page.keyboard.press('j')
  await focusIsOn(page, 'kettles')
  await page.goto(`/batch/${id}`)
  for (const key of ['j', 'j', 'k', 'j', 'Enter']) await page.keyboard.press(key)
  await page.getByRole('heading', { name: 'Row 3 Waiting' }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
})

inBrowser('times are the viewer’s own, in every frame', async (aPage) => {
  const { bot, submit, open, until: untilTask } = await served()
  const { id } = await submit(30, { concurrency: 1 }, () => '[sandbox: delay=50]')
  bot.startRunner()
  await untilTask(id, ({ startedAt }) => startedAt !== null)
  const { page } = await open(aPage, `/batch/${id}`, { timezoneId: 'Asia/Kathmandu', locale: 'zh-CN' })
  const started = page.locator('#live .head time')
  const minutes = await page.evaluate(
    `new Date(document.querySelector('#live .head time').dateTime).getMinutes()`,
  )
  expect(await started.textContent()).toMatch(new RegExp(`^\\d\\d:${String(minutes).padStart(2, '0')}$`))
  expect(await page.locator('#live .head p').textContent()).toContain('开始')
  await page.evaluate(WATCH_CLOCKS)
  await update(page)
  await page.locator('#log li').nth(5).waitFor()
  expect(await page.evaluate(`[...window.notOurs]`)).toEqual([])
})

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
])
  inBrowser(`the API is readable ${viewport.width} px wide`, async (aPage) => {
    const { open } = await served()
    const { page } = await open(aPage, '/docs', { viewport })
    await expectAccessible(page)
    expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true)
    await page.getByRole('link', { name: 'Make a task of an upload' }).click()
    await page.getByText('POST /api/batch/execute').waitFor()
  })

/** In each frame that is painted: a time of the log that is not told by the clock of this place. */
const WATCH_CLOCKS = `
  window.notOurs = new Set()
  const look = () => {
    for (const time of document.querySelectorAll('#log time')) {
      const at = new Date(time.dateTime)
      if (!time.textContent.includes(':' + String(at.getMinutes()).padStart(2, '0') + ':')) window.notOurs.add(time.textContent)
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)`

/** The focus moves a moment after a dialog has closed. */
function focusIsOn(page: Page, text: string): Promise<void> {
  return page.locator(':focus', { hasText: new RegExp(`^\\s*${text}\\s*$`) }).waitFor()
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`document.activeElement.textContent.trim()`)
}

async function update(page: Page): Promise<void> {
  await page.evaluate(
    `for (const one of document.querySelectorAll('[data-live]')) htmx.trigger(one, 'every')`,
  )
}
