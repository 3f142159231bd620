import { expect } from 'bun:test'
import { served } from '../admin/support/served.ts'
import { until } from '../support/bot.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'

/** A task of which row 3 has failed. */
async function aSheet(rows = 12) {
  const cast = await served()
  const { bot, submit, ended } = cast
  const { id } = await submit(rows, { name: 'kettles', retries: 0 }, (row) =>
    row === 3 ? '[sandbox: failed]' : `boils in ${row} minutes, **quietly**`,
  )
  bot.startRunner()
  await ended(id)
  return { ...cast, id }
}

inBrowser('columns of the sheet are hidden and widened, and are so the next time', async (aPage) => {
  const { id, open } = await aSheet()
  const { page } = await open(aPage, `/batch/${id}`)
  const heading = (name: string) => page.locator('.sheet th', { hasText: name })
  await heading('title').waitFor()
  await page.locator('[data-columns] summary').click()
  await page.locator('[data-shows="outputs.note"]').uncheck()
  expect(await heading('note').isVisible()).toBe(false)
  const grip = heading('features').locator('[data-grip]')
  const box = await grip.boundingBox()
  if (!box) throw new Error('no grip')
  await page.keyboard.press('Escape')
  await page.mouse.move(box.x + 2, box.y + 5)
  await page.mouse.down()
  await page.mouse.move(box.x + 122, box.y + 5)
  await page.mouse.up()
  const width = () => heading('features').evaluate((head) => Math.round(head.getBoundingClientRect().width))
  expect(await width()).toBeGreaterThan(0)
  const grabbed = page.getByRole('button', { name: 'Width of features' })
  const dragged = await width()
  await grabbed.press('ArrowRight')
  await grabbed.press('ArrowRight')
  await grabbed.press('ArrowLeft')
  const wide = await width()
  expect(wide - dragged).toBe(20)
  await page.reload()
  await heading('title').waitFor()
  expect(await heading('note').isVisible()).toBe(false)
  expect(await width()).toBe(wide)
  await expectAccessible(page)
})

inBrowser('a row is looked at beside the sheet, from one to the next with the arrow keys', async (aPage) => {
  const { id, open } = await aSheet()
  const { page } = await open(aPage, `/batch/${id}`, { permissions: ['clipboard-read', 'clipboard-write'] })
  // Anywhere in the row.
  await page.locator('#row-4 td.text').first().click()
  const panel = page.locator('#dialog article.row')
  await panel.getByText('Row 4').first().waitFor()
  await expectAccessible(page)
  expect(await panel.locator('.value b', { hasText: 'quietly' }).count()).toBeGreaterThan(0)
  await panel.getByRole('button', { name: 'Copy' }).first().click()
  await panel.getByText('Copied').waitFor()
  await page.keyboard.press('ArrowLeft')
  await panel.getByText('the sandbox was told to fail').first().waitFor()
  await page.keyboard.press('ArrowRight')
  await panel.getByText('Row 4').first().waitFor()
  await page.keyboard.press('ArrowRight')
  await panel.getByText('Row 5').first().waitFor()
  await page.keyboard.press('Escape')
  expect(await page.locator('#dialog').evaluate((dialog) => dialog.hasAttribute('open'))).toBe(false)
})

inBrowser(
  'chosen rows stay chosen while the sheet reloads, and run again after one question',
  async (aPage) => {
    const { id, open, find, sandbox } = await aSheet()
    const { page } = await open(aPage, `/batch/${id}`)
    const before = sandbox.hits().length
    for (const row of [3, 5, 6]) await page.getByLabel(`Choose row ${row}`, { exact: true }).check()
    await page.evaluate(
      `for (const one of document.querySelectorAll('[data-live]')) htmx.trigger(one, 'every')`,
    )
    await page.getByText('3 chosen').waitFor()
    expect(await page.getByLabel('Choose row 5', { exact: true }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Run again…' }).click()
    await page.locator('#dialog').getByText('3 rows').first().waitFor()
    await page.locator('#dialog form button').click()
    await until(
      () => sandbox.hits().length,
      (hits) => hits === before + 3,
    )
    await until(
      () => find(id),
      ({ status }) => status === 'completed',
    )
    await page.getByLabel('Choose row 5', { exact: true }).waitFor()
    expect(await page.getByLabel('Choose row 5', { exact: true }).isChecked()).toBe(false)
  },
)

inBrowser(
  'pages, headings and filters change the sheet in place, and rows chosen on each are run',
  async (aPage) => {
    const { id, open } = await aSheet(60)
    const { page } = await open(aPage, `/batch/${id}`)
    const choose = (row: number) => page.getByLabel(`Choose row ${row}`, { exact: true })
    await page.evaluate('globalThis.isSamePage = true')
    await choose(4).check()
    await page.locator('#rows a[rel=next]').click()
    await choose(55).check()
    await page.getByText('2 chosen').waitFor()
    expect(new URL(page.url()).search).toBe('?page=2')

    await page.locator('.sheet th a', { hasText: 'features' }).click()
    await page.locator('.sheet th[aria-sort=ascending]', { hasText: 'features' }).waitFor()
    expect(new URL(page.url()).search).toBe('?sort=inputs.features')
    await page.locator('.sheet th a', { hasText: 'Row' }).click()
    await page.locator('#row-61').waitFor()
    expect(await page.locator('.sheet tbody tr').first().getAttribute('id')).toBe('row-61')
    await page.locator('#row-61 [data-item]').click()
    const panel = page.locator('#dialog article.row')
    await panel.getByText('Row 61').first().waitFor()
    await page.keyboard.press('j')
    await panel.getByText('Row 60').first().waitFor()
    await page.keyboard.press('Escape')

    await page.goBack()
    await page.goBack()
    await choose(55).waitFor()
    expect(await choose(55).isChecked()).toBe(true)
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true)
    await page.getByRole('button', { name: 'Run again…' }).click()
    await page.locator('#dialog').getByText('2 rows').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Choose none' }).click()
    expect(await choose(55).isChecked()).toBe(false)
    await page.reload()
    await choose(55).waitFor()
    expect(await choose(55).isChecked()).toBe(false)
  },
)
