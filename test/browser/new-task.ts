import { expect } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { served } from '../admin/support/served.ts'
import { readSheet } from '../admin/support/sheet.ts'
import { tempFolder } from '../support/bot.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'
import { SAMPLE } from '../support/command.ts'
import { goOn, press } from './press.ts'

const sample = () => ({
  name: 'test_batch_data.xlsx',
  mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  buffer: readFileSync(SAMPLE),
})

const csv = (text: string) => ({ name: '产品 q3.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })

inBrowser('a workbook is dropped on the empty list, run, and its result opens', async (aPage) => {
  const { bot, open } = await served()
  bot.startRunner()
  const { page } = await open(aPage, '/batch', { acceptDownloads: true, expected: [/status of 422/] })
  await page.getByText('No tasks yet').waitFor()
  await page.locator('.drop').drop({ files: sample() })
  await page.getByRole('heading', { name: 'Which workflow?' }).waitFor()
  await press(page, 'Next')
  await page.getByRole('heading', { name: 'Check the upload' }).waitFor()
  await expectAccessible(page)
  await page.getByText('All 5 rows can run.').waitFor()
  await press(page, 'Next')
  await page.getByLabel('Rows at once').fill('11')
  await press(page, 'Next')
  await page.getByText('A whole number from 1 to 10, please.').waitFor()
  await page.getByLabel('Rows at once').fill('2')
  await page.getByLabel('Name of the task').fill('kettles & co')
  await press(page, 'Next')
  await page.getByText('No estimate yet').waitFor()
  await press(page, 'Start')
  await page.getByRole('heading', { name: 'kettles & co' }).waitFor()
  await page.locator('#live .state-completed').waitFor()

  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  const path = join(tempFolder(), 'result.xlsx')
  await (await coming).saveAs(path)
  const rows = await readSheet(await Bun.file(path).bytes(), 'result.xlsx')
  expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'succeeded'))
  const { entries } = await listAudit(bot.db)
  expect(entries[0]).toMatchObject({ action: 'task.create', face: 'page', who: 'admin' })
})

inBrowser('a workbook that is too large is refused before it is sent', async (aPage) => {
  const { open } = await served({ env: { ROWBOT_MAX_FILE_MB: '1' } })
  const { page } = await open(aPage, '/batch/new')
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
  const large = { name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.alloc(1_100_000, 'a') }
  await page.locator('.drop').drop({ files: large })
  await page.getByRole('alert').filter({ hasText: 'large.csv: larger than 1 MB' }).waitFor()
  await expectAccessible(page)
  expect(sent).toEqual([])
  // Another one may be sent right after.
  await page.locator('.drop').drop({ files: csv('Name,Key features\nKettle,hot\n') })
  await page.getByRole('heading', { name: 'Which workflow?' }).waitFor()
})

inBrowser('a sheet and a file are dropped together, and more files in the check', async (aPage) => {
  const { open } = await served()
  const pdf = (name: string) => ({
    name,
    mimeType: 'application/pdf',
    buffer: Buffer.from(`%PDF-1.7 ${name}`),
  })
  const { page } = await open(aPage, '/batch/new')
  const table = csv('Name,Key features\nKettle,hot\n')
  await page.locator('.drop').drop({ files: [table, pdf('a.pdf')] })
  await page.getByRole('heading', { name: 'Which workflow?' }).waitFor()
  await press(page, 'Next')
  await page.getByText('1 file came along').waitFor()
  await expectAccessible(page)
  const area = page.locator('.drop').filter({ hasText: 'Drop the files that the cells name' })
  await area.drop({ files: [pdf('b.pdf'), pdf('c.pdf')] })
  await page.getByText('3 files came along').waitFor()
})

inBrowser('faults are listed by cell, the good rows run, and one is tried first', async (aPage) => {
  const { bot, open } = await served()
  bot.startRunner()
  const { page } = await open(aPage, '/batch/new')
  await page
    .locator('input[type=file]')
    .setInputFiles(csv('Name,Key features,Tone\nKettle,Boils,formal\nPan,Fries,friendly\nCup,Holds,casual\n'))
  await press(page, 'Next')
  await page.getByText('C3').first().waitFor()
  await page.getByText('1 row cannot run as it is').waitFor()
  await press(page, 'Run the other 2')
  await press(page, 'Next')
  await press(page, 'Try 1 row first')
  await page.locator('#live .state-paused').waitFor()
  await page.getByText('1 row was tried').waitFor()
  await page.getByRole('button', { name: 'Go on with the other row' }).click()
  await page.locator('#live .state-completed').waitFor()
  await page.locator('#rows').getByText('Left out 1').waitFor()
})

inBrowser('another encoding shows at once in the preview', async (aPage) => {
  const { open } = await served()
  const { page } = await open(aPage, '/batch/new', { viewport: { width: 390, height: 844 } })
  const buffer = Buffer.from('Name,Key features\nCaf\xe9,br\xfbl\xe9\nth\xe9,\xe0 point\n', 'latin1')
  await page.locator('input[type=file]').setInputFiles({ name: 'noms.csv', mimeType: 'text/csv', buffer })
  await press(page, 'Next')
  await page.locator('.preview').getByText('brûlé').waitFor()
  await expectAccessible(page)
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  await page.getByLabel('Encoding').selectOption('windows-1251')
  await page.locator('.preview').getByText('brыlй').waitFor()
  expect(await page.locator('#reading summary').innerText()).toContain('Windows-1251')
  await page.getByLabel('Encoding').selectOption('windows-1252')
  await page.locator('.preview').getByText('brûlé').waitFor()
})

inBrowser('only the rows that a person names are shown, and run', async (aPage) => {
  const { bot, open } = await served()
  bot.startRunner()
  const { page } = await open(aPage, '/batch/new', { expected: [/status of 422/] })
  const rows = ['Kettle', 'Pan', 'Cup', 'Pot'].map((name) => `${name},feature`).join('\n')
  await page.locator('input[type=file]').setInputFiles(csv(`Name,Key features\n${rows}\n`))
  await press(page, 'Next')
  await page.getByText('All 4 rows can run.').waitFor()
  await page.locator('#reading summary').click()
  const saveRows = () =>
    page
      .locator('form')
      .filter({ has: page.getByLabel('Only these rows') })
      .getByRole('button', { name: 'Save', exact: true })
      .click()
  await page.getByLabel('Only these rows').fill('the last')
  await saveRows()
  await page.getByText('Row numbers of the sheet, please').waitFor()
  await page.getByLabel('Only these rows').fill('3-4')
  await saveRows()
  await page.getByText('All 2 rows can run.').waitFor()
  expect(await page.locator('.preview tbody th').allInnerTexts()).toEqual(['3', '4'])
  await expectAccessible(page)
  await press(page, 'Next')
  await page.getByLabel('Rows at once').waitFor() // or the second click could meet the step before
  await press(page, 'Next')
  await press(page, 'Start')
  await page.locator('#live .state-completed').waitFor()
  await page.locator('#rows').getByText('Cup', { exact: true }).first().waitFor()
  expect(await page.locator('#rows').getByText('Kettle').count()).toBe(0)
})

inBrowser('the four steps in Chinese, on a phone, without script', async (aPage) => {
  const { open } = await served()
  const { page } = await open(aPage, '/batch/new', {
    locale: 'zh-CN',
    viewport: { width: 390, height: 844 },
    javaScriptEnabled: false,
  })
  await page.locator('input[type=file]').setInputFiles(csv('Name,Key features\nKettle,Boils\n'))
  await page.locator('form.door button').click()
  for (let step = 0; step < 3; step++) await goOn(page, '下一步')
  await page.getByRole('button', { name: '开始', exact: true }).click()
  await page.locator('#live .state-pending, #live .state-running, #live .state-completed').waitFor()
})

inBrowser('hostile cells are text in the wizard, and run as text', async (aPage) => {
  const { bot, open } = await served()
  bot.startRunner()
  const evil = `"<img src=x onerror=""alert(1)""><script>alert(1)</script>"`
  const { page } = await open(aPage, '/batch/new')
  await page
    .locator('input[type=file]')
    .setInputFiles(csv(`Name,Key features\n${evil},=1+1\n${evil},\u202Etxt\n`))
  for (const label of ['Next', 'Next', 'Next', 'Start']) {
    expect(await page.locator('img, main script').count()).toBe(0)
    await goOn(page, label)
  }
  await page.locator('#live .state-completed').waitFor()
  expect(await page.locator('#rows').getByText('<script>alert(1)</script>').count()).toBeGreaterThan(0)
  expect(await page.locator('img, main script').count()).toBe(0)
})

inBrowser('what cannot be read is said, and the door stays open', async (aPage) => {
  const { open } = await served()
  const { page } = await open(aPage, '/batch/new', { expected: [/status of 422/] })
  const html = {
    name: 'products.xlsx',
    mimeType: 'text/html',
    buffer: Buffer.from('<html><table><tr><td>1</td></tr></table></html>'),
  }
  await page.locator('input[type=file]').setInputFiles(html)
  await page.getByRole('alert').waitFor()
  expect(await page.locator('.drop').count()).toBe(1)
})
