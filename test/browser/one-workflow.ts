import { expect } from 'bun:test'
import { served } from '../admin/support/served.ts'
import { withWorkflow } from '../support/bot.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'

const EVERY_KEY = 'app-sandbox-every-input'

for (const [where, options] of [
  ['in the light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
  [
    'on a narrow phone, in the dark, in Chinese',
    { colorScheme: 'dark', viewport: { width: 360, height: 740 }, locale: 'zh-CN' },
  ],
] as const)
  inBrowser(`a workflow is looked at and one row of it tested, ${where}`, async (aPage) => {
    const { bot, open, sandbox, submit, ended, workflow: copywriter } = await served()
    const { id } = await submit(4, { retries: 0 }, (row) => (row === 3 ? '[sandbox: failed]' : 'good'))
    bot.startRunner()
    await ended(id)
    const every = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: EVERY_KEY })
    await bot.db
      .updateTable('workflows')
      .set({
        checked_app: JSON.stringify({ ...copywriter, name: 'Copywriter 2', variables: every.variables }),
      })
      .where('id', '=', copywriter.id)
      .execute()
    const { page } = await open(aPage, '/workflows', {
      ...options,
      expected: [/422 .*\/test/],
    })
    const run = 'locale' in options ? '运行这一行' : 'Run this row'
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Product copywriter', exact: true }).click()
    await page.locator('#changes').waitFor()
    await expectAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)

    await page.locator('.head form[action*="/check"] button').click()
    await page.locator('.told').waitFor()
    expect(new URL(page.url()).pathname).toBe(`/workflows/${copywriter.id}`)

    await page.locator('#input-0').fill('Kettle')
    await page.getByRole('button', { name: run }).click()
    await page.locator('#input-1-fault').waitFor()
    expect(await page.locator('#input-0').inputValue()).toBe('Kettle')
    await expectAccessible(page)
    await page.locator('#input-1').fill('quiet')
    await page.getByRole('button', { name: run }).dblclick()
    await page.waitForURL(/\/batch\//)
    await page.goto(`/workflows/${copywriter.id}`)
    expect(await page.locator('.last-tasks tbody tr').count()).toBe(2)

    // A workflow with an input of every kind.
    await page.goto(`/workflows/${every.id}`)
    await expectAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })
