import { expect } from 'bun:test'
import { readFileSync } from 'node:fs'
import { servePage } from '../../src/serve/page-server.ts'
import { ADMIN_TOKEN } from '../admin/support/admin.ts'
import { aBot, later } from '../support/bot.ts'
import { inBrowser } from '../support/browser/browser.ts'
import { SAMPLE } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { aFrontProxy } from '../support/front-proxy.ts'
import { press } from './press.ts'

inBrowser('behind a proxy that shows the page under a path, everything stays there', async (aPage) => {
  const [port, shown] = [freePort(), freePort()]
  const publicUrl = `http://127.0.0.1:${shown}/rowbot`
  const env = { ROWBOT_PUBLIC_URL: publicUrl, ROWBOT_PORT: String(port) }
  const { bot } = await aBot({ env })
  const health = () => Promise.resolve({ ready: true, parts: {} })
  const served = await servePage(bot, { token: ADMIN_TOKEN, health })
  later(() => served.stop(0))
  const proxy = aFrontProxy({ to: `http://127.0.0.1:${port}`, publicUrl, path: 'stripped', port: shown })
  bot.startRunner()

  const { page, context } = await aPage({ baseURL: publicUrl })
  await page.goto('/rowbot/batch')
  await page.getByLabel('Token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('No tasks yet').waitFor()
  expect(await page.evaluate('getComputedStyle(document.querySelector("header.top")).display')).not.toBe(
    'block',
  )
  const name = 'test_batch_data.xlsx'
  const mimeType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  await page.locator('.drop').drop({ files: { name, mimeType, buffer: readFileSync(SAMPLE) } })
  await page.getByRole('heading', { name: 'Which workflow?' }).waitFor()
  await press(page, 'Next')
  await page.getByText('All 5 rows can run.').waitFor()
  await press(page, 'Next')
  await press(page, 'Next')
  await press(page, 'Start')
  await page.locator('#live .state-completed').waitFor()
  // Forms that htmx sends, a dialog that it opens, and the sheet that it changes in place.
  await page.locator('#rows thead a').first().click()
  await page.waitForURL('**/rowbot/batch/*?sort=**')
  await page.locator('#row-2 a').first().click()
  await page.locator('#dialog article.row').waitFor()
  await page.keyboard.press('Escape')
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect(new URL((await downloading).url()).pathname).toStartWith('/rowbot/batch/')
  // Signed out elsewhere: the page leads to the sign-in, and from there back.
  const here = new URL(page.url()).pathname
  await context.clearCookies()
  await page.getByRole('link', { name: 'Tasks', exact: true }).click()
  await page.waitForURL('**/rowbot/sign-in?next=**')
  await page.goto(here)
  await page.getByLabel('Token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`**${here}`)
  expect(await context.cookies()).toMatchObject([{ name: 'rowbot_session', path: '/rowbot' }])
  expect(proxy.strays).toEqual([])
})
