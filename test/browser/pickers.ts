import { expect } from 'bun:test'
import { served } from '../admin/support/served.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'
import { addCopies, OTHER_INPUTS } from '../support/many-workflows.ts'

const csv = {
  name: 'products.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from('Name,Key features\nKettle,Boils\n'),
}

const many = (i: number) => ({
  variables: OTHER_INPUTS,
  description:
    'Reads a page of the web and sums it up in three sentences, in the language that it is written in.',
  ...(i % 7 === 3 && { name: 'Translate' }),
  ...(i === 3 && { name: 'Translate', mode: 'advanced-chat' as const }),
})

for (const [where, colorScheme, width] of [
  ['in the light', 'light', 1280],
  ['in the dark, on a phone', 'dark', 390],
] as const)
  inBrowser(`workflows are filtered as one types, ${where}, and chosen with the keyboard`, async (aPage) => {
    const { bot, open } = await served()
    await addCopies(bot.db, 230, many)
    const { page } = await open(aPage, '/batch/new', { viewport: { width, height: 844 }, colorScheme })
    await page.locator('input[type=file]').setInputFiles(csv)
    await page.getByRole('heading', { name: 'Fits your columns' }).waitFor()
    await expectAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    const search = page.getByRole('searchbox', { name: 'Search', exact: true }).last()
    await search.focus()
    await page.keyboard.type('translate chatf')
    await page.getByText('1 workflow matches “translate chatf”.').waitFor()
    expect(await page.locator('[data-choice]').allInnerTexts()).toEqual([
      expect.stringContaining('Translate · chatflow'),
    ])
    await expectAccessible(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('[aria-pressed=true]', { hasText: 'Translate · chatflow' }).waitFor()
    await page.getByText('Needs URL').waitFor()
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByRole('heading', { name: 'Check the upload' }).waitFor()
  })

inBrowser('without script, the search is a form', async (aPage) => {
  const { bot, open } = await served()
  await addCopies(bot.db, 230, many)
  const { page } = await open(aPage, '/batch/new', { javaScriptEnabled: false })
  await page.locator('input[type=file]').setInputFiles(csv)
  await page.locator('form.door button').click()
  await page.locator('#find').fill('flow 29')
  await page.locator('#find').press('Enter')
  await page.getByRole('button', { name: 'Flow 29', exact: false }).first().click()
  await page.getByText('Needs URL').waitFor()
})

inBrowser('the list of workflows is filtered as one types', async (aPage) => {
  const { bot, open } = await served()
  await addCopies(bot.db, 40, many)
  const { page } = await open(aPage, '/workflows')
  await page.locator('#find').fill('flow 29')
  await page.getByText('match “flow 29”').or(page.getByText('matches “flow 29”')).waitFor()
  expect(await page.locator('.workflow').count()).toBe(1)
  await expectAccessible(page)
})
