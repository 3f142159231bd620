import type { BrowserContext, Page } from 'playwright-core'

/** What went wrong in the pages of a context, as sentences, without anybody having looked. */
export class Complaints {
  readonly all: string[] = []

  constructor(
    context: BrowserContext,
    private readonly origin: string,
    private readonly foreseen: Record<'expected' | 'possible', readonly RegExp[]>,
  ) {
    // What the policy of the page has blocked is said here too, and so is every answer of 400 and above.
    context.on('console', (said) => {
      if (said.type() === 'error') this.all.push(`The console says: ${said.text()} (${said.location().url})`)
    })
    context.on('weberror', (fault) => this.all.push(`A script failed: ${fault.error().message}`))
    context.on('request', (request) => this.asked(request.url()))
    context.on('page', (page) => this.watch(page))
  }

  /** What the test did not expect, and what it expected in vain. */
  judge(): string[] {
    const { expected, possible } = this.foreseen
    const isForeseen = (complaint: string) =>
      [...expected, ...possible].some((words) => words.test(complaint))
    const unexpected = this.all.filter((complaint) => !isForeseen(complaint))
    const inVain = expected.filter((words) => !this.all.some((complaint) => words.test(complaint)))
    return [...unexpected, ...inVain.map((words) => `Expected, and never happened: ${words}`)]
  }

  private watch(page: Page): void {
    page.on('crash', () => this.all.push('The page crashed.'))
    page.on('websocket', (socket) => this.asked(socket.url()))
    // None of our pages has one: it is what a script that got in would do.
    page.on('dialog', (dialog) => {
      if (dialog.type() === 'alert') this.all.push(`An alert: ${dialog.message()}`)
    })
  }

  private asked(url: string): void {
    const { protocol, host, origin } = new URL(url)
    const isOurs = origin === this.origin || (protocol === 'ws:' && host === new URL(this.origin).host)
    if (!isOurs && !['data:', 'blob:', 'about:'].includes(protocol)) {
      this.all.push(`Another host was asked: ${url}`)
    }
  }
}
