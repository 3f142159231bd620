import { expect } from 'bun:test'
import { served } from '../admin/support/served.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'

inBrowser('a row that waits is answered in place, and what is typed survives live updates', async (aPage) => {
  const { bot, submit, until, open, sandbox } = await served()
  bot.startRunner()
  const { id } = await submit(3, { concurrency: 1 }, () => '[sandbox: paused]')
  await until(id, ({ waiting }) => waiting === 3)
  const { page } = await open(aPage, `/batch/${id}`)
  await expectAccessible(page)
  await page.evaluate(`window.notReloaded = true`)
  const second = page.locator('.questions > li').nth(1)
  await second.getByLabel('note').fill('typed already')
  await page.locator('.questions > li').first().getByRole('button', { name: 'Approve' }).click()
  await page.getByText('2 rows wait for an answer').waitFor()
  const first = page.locator('.questions > li').first()
  expect(await first.getByLabel('note').inputValue()).toBe('typed already')
  await first.getByLabel('The same answer for all 2').check()
  await first.getByRole('button', { name: 'Reject' }).click()
  await page.locator('#live .state-completed').waitFor()
  expect(await page.evaluate(`window.notReloaded`)).toBe(true)
  expect(sandbox.answers().map(({ action, inputs }) => [action, inputs['note']])).toEqual([
    ['yes', ''],
    ['no', 'typed already'],
    ['no', 'typed already'],
  ])
})

inBrowser(
  'it is answered without script, too, and on a phone nothing is wider than the window',
  async (aPage) => {
    const { bot, submit, until, open, sandbox } = await served()
    bot.startRunner()
    const { id } = await submit(1, {}, () => '[sandbox: paused]')
    await until(id, ({ waiting }) => waiting === 1)
    const phone = { viewport: { width: 390, height: 844 } }
    const { page } = await open(aPage, `/batch/${id}`, { javaScriptEnabled: false, ...phone })
    await page.getByLabel('note').fill('by hand')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.waitForURL(`**/batch/${id}`)
    expect(sandbox.answers().map(({ inputs }) => inputs)).toEqual([{ note: 'by hand' }])
    const { page: wide } = await open(aPage, `/batch/${id}/rows/2`, phone)
    expect(await wide.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true)
  },
)
