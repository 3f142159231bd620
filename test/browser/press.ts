import type { Page } from 'playwright-core'

export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
}

/**
 * Goes on to the next step by a button, and waits until it is there: each has an address of its own. Otherwise, on a busy
 * machine, the next click could meet the step before, where it does nothing.
 */
export async function goOn(page: Page, name: string): Promise<void> {
  const before = page.url()
  await press(page, name)
  await page.waitForURL(({ href }) => href !== before)
}
