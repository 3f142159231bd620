import { createHash } from 'node:crypto'
import QuickLRU from 'quick-lru'
import type { Requester } from '../../messages/people.ts'
import type { Prompt } from '../../messages/prompt.ts'
import type { SlackCallResult } from './call.ts'
import type { Log } from '../log.ts'

export interface HomeTabsOptions {
  /** what the person’s tab shows now */
  content: (requester: Requester) => Promise<Prompt[]>
  publish: (requester: Requester, prompts: Prompt[]) => Promise<SlackCallResult>
  /** says it in another way where Slack does not show the tab */
  instead: (requester: Requester, prompts: Prompt[]) => Promise<void>
  log: Log
  /** for tests: how often open tabs are compared with what they show */
  everyMs?: number
}

const EVERY_MS = 5_000
/** Slack does not say when somebody leaves the tab. */
const OPEN_MS = 10 * 60_000
const MOST_OPEN = 100
/** Slack allows views.publish 100 times a minute; those that a person waits for come first. */
const REFRESHES_A_MINUTE = 40

interface OpenTab {
  requester: Requester
  openedAt: number
  /** hash of what it shows; undefined: not what it should */
  shown: string | undefined
}

/** The home tabs that were opened lately: published on the spot for whoever opens or clicks, refreshed for changes. */
export class HomeTabs {
  readonly #open = new QuickLRU<string, OpenTab>({ maxSize: MOST_OPEN })
  /** One after the other for each person, each with what is right then: no old view comes last. */
  readonly #turns = new QuickLRU<string, Promise<void>>({ maxSize: MOST_OPEN })
  #refreshes: number[] = []
  #holdUntil = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(private readonly options: HomeTabsOptions) {}

  /** The person has opened the tab, or has clicked something on it. */
  async show(requester: Requester): Promise<void> {
    const tab: OpenTab = { requester, openedAt: performance.now(), shown: undefined }
    this.#open.set(requester.person.id, tab)
    this.#schedule()
    await this.#inTurn(requester.person.id, () => this.#publish(tab))
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#stopped) return
    this.#timer = setTimeout(() => void this.#refresh(), this.options.everyMs ?? EVERY_MS)
    this.#timer.unref()
  }

  async #refresh(): Promise<void> {
    for (const [person, tab] of this.#open) {
      if (performance.now() - tab.openedAt > OPEN_MS) this.#open.delete(person)
      else if (this.#mayRefresh()) {
        await this.#inTurn(person, () => this.#publishIfChanged(tab)).catch((fault: unknown) =>
          this.options.log.error({ err: fault, user: person }, 'a home tab could not be refreshed'),
        )
      }
    }
    this.#timer = undefined
    if (this.#open.size > 0) this.#schedule()
  }

  #inTurn(person: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(person) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(work)
    this.#turns.set(person, turn)
    return turn
  }

  async #publishIfChanged(tab: OpenTab): Promise<void> {
    // A click has published a newer one meanwhile.
    if (this.#open.get(tab.requester.person.id) !== tab || this.#stopped) return
    const prompts = await this.options.content(tab.requester)
    if (hashOf(prompts) === tab.shown) return
    this.#refreshes.push(performance.now())
    await this.#send(tab, prompts)
  }

  async #publish(tab: OpenTab): Promise<void> {
    const prompts = await this.options.content(tab.requester)
    await this.#send(tab, prompts)
    if (tab.shown === undefined) await this.options.instead(tab.requester, prompts)
  }

  /** What did not arrive is published again with the next refresh. */
  async #send(tab: OpenTab, prompts: Prompt[]): Promise<void> {
    const called = await this.options.publish(tab.requester, prompts)
    if (called.kind === 'ok') tab.shown = hashOf(prompts)
    if (called.kind === 'limited') this.#holdUntil = performance.now() + called.retryAfterMs
    if (called.kind === 'refused') {
      this.#open.delete(tab.requester.person.id)
      this.options.log.warn(
        { user: tab.requester.person.id, refusal: called.error },
        'Slack did not show somebody’s home tab',
      )
    }
  }

  #mayRefresh(): boolean {
    const now = performance.now()
    this.#refreshes = this.#refreshes.filter((at) => at > now - 60_000)
    return now >= this.#holdUntil && this.#refreshes.length < REFRESHES_A_MINUTE
  }
}

function hashOf(prompts: Prompt[]): string {
  return createHash('sha256').update(JSON.stringify(prompts)).digest('base64url')
}
