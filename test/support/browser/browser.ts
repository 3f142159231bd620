import { afterAll, expect, test } from 'bun:test'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { Complaints } from './complaints.ts'
import { findBrowser, NO_BROWSER } from './find-browser.ts'
import { launchBrowser } from './launch.ts'

export interface PageOptions extends BrowserContextOptions {
  /** the server, so that a test says `page.goto('/batch')`; to ask any other is a complaint */
  baseURL: string
  /** complaints that the test brings about on purpose (a 404, say): each must come, and no other may */
  expected?: RegExp[]
  /** complaints that may come or not, depending on which of two things is faster */
  possible?: RegExp[]
  /** what the person answers to “Are you sure?” */
  confirms?: boolean
}

export interface Visit {
  page: Page
  context: BrowserContext
  complaints: Complaints
  /** the questions that the page has put in a dialog */
  questions: string[]
}

/** A person at a browser of their own: nothing is remembered from another visit. */
export type APage = (options: PageOptions) => Promise<Visit>

/** Only so that what never comes is told in the end: Playwright says which element it waited for, the test would not. */
const TEST_MS = 120_000
const PLAYWRIGHT_MS = 60_000

const path = findBrowser()
if (!path) process.stderr.write(`${NO_BROWSER}\n`)

let browser: Promise<Browser> | undefined

/**
 * A test in a real browser. It fails if anything went wrong in its pages, whatever it looked at.
 *
 * Where there is no browser it is skipped, but not in CI: a gate that looks at nothing must not be green. This is a
 * function, not an afterEach of this file, since Bun runs such a hook only for the first test file that imports it.
 */
export function inBrowser(name: string, body: (aPage: APage) => Promise<void>, ms = TEST_MS): void {
  if (!path && !process.env['CI']) return test.skip(name, () => {})
  afterAll(closeBrowser)
  test(name, () => visiting(body), ms)
}

/** What inBrowser makes of a test. */
export async function visiting(body: (aPage: APage) => Promise<void>): Promise<void> {
  const visits: Visit[] = []
  try {
    await body(async (options) => {
      const visit = await open(options)
      visits.push(visit)
      return visit
    }).catch((fault: unknown) => {
      // Why a button was not there is often said in the console.
      for (const { complaints } of visits) for (const one of complaints.all) process.stderr.write(`${one}\n`)
      throw fault
    })
    for (const { page, complaints } of visits) {
      await allHeard(page)
      expect(complaints.judge()).toEqual([])
    }
  } finally {
    await Promise.all(visits.map(({ context }) => context.close()))
  }
}

async function open({
  expected = [],
  possible = [],
  confirms = false,
  ...options
}: PageOptions): Promise<Visit> {
  if (!path) throw new Error(NO_BROWSER)
  // A test that takes too long takes its browser with it: Bun ends all that it has started.
  if (browser && !(await browser).isConnected()) browser = undefined
  browser ??= launchBrowser(path)
  const context = await (await browser).newContext({ locale: 'en-US', ...options })
  context.setDefaultTimeout(PLAYWRIGHT_MS)
  const complaints = new Complaints(context, new URL(options.baseURL).origin, { expected, possible })
  const questions: string[] = []
  context.on('dialog', (dialog) => {
    if (dialog.type() === 'confirm') questions.push(dialog.message())
    // It fails when the page has gone meanwhile, and then nobody waits for the answer.
    void (confirms ? dialog.accept() : dialog.dismiss()).catch(() => {})
  })
  return { page: await context.newPage(), context, complaints, questions }
}

/** What the page has said comes in order: once it has answered, all before has been heard. */
async function allHeard(page: Page): Promise<void> {
  if (!page.isClosed()) await page.evaluate('0')
}

/** After each file, so that it is gone, with its folder in /tmp, before the process ends. */
async function closeBrowser(): Promise<void> {
  const closing = browser
  browser = undefined
  await (await closing)?.close()
}
