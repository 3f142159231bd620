import { expect } from 'bun:test'
import { findReviewedRow } from '../../src/db/rows/reviews.ts'
import { served } from '../admin/support/served.ts'
import { inBrowser } from '../support/browser/browser.ts'

inBrowser(
  'an answer is kept, edited and saved where its row is open, and a wrong kind is said there',
  async (aPage) => {
    const { bot, submit, open, ended } = await served()
    bot.startRunner()
    const { id } = await submit(2, { name: 'kettles' })
    await ended(id)
    const { page } = await open(aPage, `/batch/${id}`, { expected: [/status of 422/] })
    await page.locator('#row-2 a').first().click()
    const review = page.locator('dialog[open] .review')
    await review.getByRole('button', { name: 'Keep as it is' }).click()
    await review.getByText('✓').waitFor()
    await review.locator('summary').click()
    await review.getByLabel('words').fill('many')
    await review.getByRole('button', { name: 'Save' }).click()
    await review.getByRole('alert').waitFor()
    expect(await review.getByLabel('words').inputValue()).toBe('many') // what was typed is not lost
    await review.getByLabel('words').fill('7')
    await review.getByRole('button', { name: 'Save' }).click()
    await review.getByRole('alert').waitFor({ state: 'detached' })
    expect((await findReviewedRow(bot.db, id, 2))?.edits['words']).toMatchObject({ value: 7 })
  },
)
