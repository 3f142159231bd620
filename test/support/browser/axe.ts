import { expect } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { AxeResults, Result } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = readFileSync(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir), 'utf8')

/** No fault in the page that keeps somebody out: none that axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await barriersIn(page)).toEqual([])
}

/** A sentence for each element at fault. */
export async function barriersIn(page: Page): Promise<string[]> {
  // axe waits for a timer, and without scripts none ever comes.
  if (await page.evaluate(`matchMedia('(scripting: none)').matches`)) {
    throw new Error('axe needs JavaScript: look at the same page in a context that has it.')
  }
  // The policy of the page is about what the page loads, not about what the debugger evaluates.
  await page.evaluate(AXE)
  const found = await page.evaluate<AxeResults>(`axe.run(document, { resultTypes: ['violations'] })`)
  return found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(says)
}

function says({ id, impact, help, nodes }: Result): string[] {
  return nodes.map(({ html, failureSummary = '' }) => {
    const why = failureSummary.replaceAll(/\s+/g, ' ')
    return `${impact}: ${help} (${id}). ${why} In: ${html}`
  })
}
