import { expect } from 'bun:test'
import { served } from '../admin/support/served.ts'
import { listWorkflows } from '../../src/db/workflows/workflows.ts'
import { SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE } from '../../src/dify/sandbox/console.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'
import { press } from './press.ts'

inBrowser(
  'apps of a Dify are listed from the dialog, chosen, and added; a wrong key stays in the dialog',
  async (aPage) => {
    const { open, sandbox, bot } = await served()
    sandbox.misbehave('403', { route: 'about', app: 'Slogan writer' })
    const { page } = await open(aPage, '/workflows', { expected: [/status of 422/] })
    await press(page, 'Add apps from Dify…')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Address of the Dify server').fill(sandbox.url)
    await dialog.getByLabel('Admin API key').fill('wrong')
    await dialog.getByLabel('Id of the workspace').fill(SANDBOX_WORKSPACE)
    await press(page, 'List the apps')
    await dialog.getByText('Dify does not let this admin API key into this workspace').waitFor()
    await expectAccessible(page)
    expect(await dialog.getByLabel('Admin API key').inputValue()).toBe('')

    await dialog.getByLabel('Admin API key').fill(SANDBOX_ADMIN_KEY)
    await press(page, 'List the apps')
    await page.getByRole('heading', { name: /^Apps of 127\.0\.0\.1/ }).waitFor()
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
    await expectAccessible(page)
    await page.getByLabel('Slogan writer').check()
    await page.getByLabel('Ticket classifier').check()
    await press(page, 'Add the chosen ones')
    await page.getByText('1 app is added. 1 could not be added.').waitFor()
    await expectAccessible(page)
    await press(page, 'Try it again')
    await page.getByText('1 app is added.', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Slogan writer' }).click()
    await page.getByRole('heading', { name: 'Slogan writer' }).waitFor()
    expect((await listWorkflows(bot.db)).map(({ name }) => name)).toEqual([
      'Product copywriter',
      'Slogan writer',
      'Ticket classifier',
    ])
  },
)

inBrowser('the same without script, on a phone', async (aPage) => {
  const { open, sandbox, bot } = await served()
  const { page } = await open(aPage, '/workflows', {
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
  })
  await page.getByRole('button', { name: 'Add apps from Dify…' }).click()
  await page.getByLabel('Address of the Dify server').fill(sandbox.url)
  await page.getByLabel('Admin API key').fill(SANDBOX_ADMIN_KEY)
  await page.getByLabel('Id of the workspace').fill(SANDBOX_WORKSPACE)
  await press(page, 'List the apps')
  await press(page, `Add all ${sandbox.apps.length - 1} new ones`)
  await page.getByText(`${sandbox.apps.length - 1} apps are added.`).waitFor()
  expect(await listWorkflows(bot.db)).toHaveLength(sandbox.apps.length)
})
