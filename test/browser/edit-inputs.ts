import { expect } from 'bun:test'
import { pauseTask } from '../../src/app/tasks.ts'
import { served } from '../admin/support/served.ts'
import { SETUP } from '../support/bot.ts'
import { expectAccessible } from '../support/browser/axe.ts'
import { inBrowser } from '../support/browser/browser.ts'

inBrowser(
  'an input is edited where its row is open; the new answer shows there by itself, with the one before',
  async (aPage) => {
    const { bot, submit, open, ended, sandbox } = await served()
    bot.startRunner()
    const { id } = await submit(3, { name: 'kettles' })
    await ended(id)
    const { page } = await open(aPage, `/batch/${id}`, { expected: [/status of 422/] })
    await page.locator('#row-2 a').first().click()
    const panel = page.locator('dialog[open] article.row')
    const inputs = panel.locator('section.inputs')
    await inputs.locator('summary').click()
    await inputs.getByLabel('Name').fill('')
    await inputs.getByRole('button', { name: 'Run with these inputs' }).click()
    await inputs.getByRole('alert').waitFor()

    await inputs.getByLabel('Name').fill('A **lamp**')
    await inputs.getByRole('button', { name: 'Run with these inputs' }).dblclick()
    await inputs.getByText('in the file:').waitFor()
    // Nobody has done anything in the page: the panel shows it by itself.
    await panel.locator('.value b', { hasText: 'lamp' }).first().waitFor()
    await panel.locator('.head .state', { hasText: 'Done' }).waitFor()
    expect(sandbox.hits().map(({ inputs: sent }) => sent['name'])).toEqual(
      expect.arrayContaining(['A **lamp**', 'Kettle 2', 'Kettle 3', 'Kettle 4']),
    )
    expect(sandbox.hits()).toHaveLength(4) // of two clicks one counts
    await panel.locator('.former summary').click()
    await panel.locator('.former').getByText('sent then:').waitFor()
    await panel.locator('.former').getByText('Kettle 2').first().waitFor()
    await page.keyboard.press('Escape')

    // A task that stands still with a row left: what was typed stays, with what to do.
    await bot.stopRunner(0)
    await bot.engine.runAgain(id, 'Mei', { rows: [3] })
    await pauseTask(bot, SETUP, id)
    await page.locator('#row-2 a').first().click()
    await inputs.locator('summary').click()
    await inputs.getByLabel('Name').fill('A chair')
    await inputs.getByRole('button', { name: 'Run with these inputs' }).click()
    await inputs.getByText('Resume or stop it first').waitFor()
    expect(await inputs.getByLabel('Name').inputValue()).toBe('A chair')
    await panel.locator('.former summary').click()
    await expectAccessible(page)
    expect(sandbox.hits()).toHaveLength(4)
  },
)
