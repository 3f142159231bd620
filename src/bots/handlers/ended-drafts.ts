import type { Clock } from '../../engine/clock.ts'
import type { Platform } from '../../messages/people.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import type { DraftMessages } from './draft-messages.ts'

const EXPIRE_EVERY_MS = 60_000
/** Somebody may wait for a file that a dead machine was reading. */
const LOOK_EVERY_MS = 5_000

export interface EndedDraftsOptions {
  platform: Platform
  wizard: Wizard
  clock: Clock
  onFault: (fault: unknown) => unknown
}

/** Tells people that their draft has ended without them. */
export class EndedDrafts {
  #cancel: (() => void) | undefined

  constructor(
    private readonly options: EndedDraftsOptions,
    private readonly messages: DraftMessages,
  ) {}

  /**
   * Those whose draft was interrupted when the process ended, and from now on those who have waited too long, or whose
   * draft was with a machine that has died.
   */
  async start(): Promise<void> {
    const { wizard, clock } = this.options
    await this.#end('interrupted')
    const look = async () => {
      try {
        if (wizard.isShared) await this.#end('interrupted')
        await this.#end('expire')
      } catch (fault) {
        this.options.onFault(fault)
      }
      const wait = wizard.isShared ? LOOK_EVERY_MS : EXPIRE_EVERY_MS
      this.#cancel = clock.after(wait, () => void look())
    }
    await look()
  }

  stop(): void {
    this.#cancel?.()
  }

  async #end(which: 'interrupted' | 'expire'): Promise<void> {
    const { platform, wizard } = this.options
    for (const { draft, prompt } of await wizard[which](platform)) await this.messages.show(draft.id, prompt)
  }
}
