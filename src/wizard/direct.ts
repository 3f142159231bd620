import { personActor } from '../app/actor.ts'
import { submitTask } from '../app/tasks.ts'
import { DraftGone } from '../engine/engine.ts'
import type { Parameters } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import type { UploadFile } from '../workbook/types.ts'
import type { Draft, Look } from './draft.ts'
import { DirectLook, type LookedState, type Reading } from './direct-inspection.ts'
import type { Drafts } from './drafts.ts'
import { orderOf } from './submission.ts'
import { Refused } from './answer.ts'
import type { Asker } from '../messages/people.ts'
import type { WizardOptions } from './step-context.ts'
import { Turns } from './turns.ts'

export interface Wanted extends Reading {
  parameters: Partial<Parameters>
  /** run the good rows and leave the faulty ones out; otherwise faulty rows refuse the whole */
  skipFaulty: boolean
  tryFirst: boolean
}

export type LookedDraft = Draft & { state: LookedState }

/**
 * The wizard for programs: a file, then all four answers at once. What was chosen by hand another time is never
 * remembered here, nor for anybody: a program gets the same for the same.
 */
export class Direct {
  /** Requests for one draft wait for each other: of ten that were sent again, nine need not read the file. */
  readonly #turns = new Turns()
  readonly #look: DirectLook

  constructor(
    private readonly options: WizardOptions,
    private readonly drafts: Drafts,
  ) {
    this.#look = new DirectLook(options)
  }

  /**
   * Keeps a file as a draft, with what was found in it.
   * @throws UserError where it cannot be read, Refused where what is said of it does not fit
   */
  async upload(asker: Asker, file: UploadFile, reading: Reading): Promise<LookedDraft> {
    const state = await this.#look.first(asker, file, reading)
    const begun = await this.drafts.begin({
      owner: asker.person,
      place: asker.place,
      locale: asker.locale,
      fileName: file.name,
      source: `direct:${crypto.randomUUID()}`,
    })
    const draft = begun && (await this.drafts.save(begun, state, file))
    if (!draft) throw new UserError('The upload was interrupted.', 'Send the file again.')
    return { ...draft, state }
  }

  /**
   * Makes the task of an upload, once, whoever asks how often.
   * @returns isNew: false when it had become this task before; null: that was deleted
   * @throws Refused, UserError
   */
  execute(asker: Asker, draftId: string, wanted: Wanted): Promise<{ taskId: string | null; isNew: boolean }> {
    return this.#turns.take(draftId, async () => {
      const draft = await this.#open(draftId)
      if (draft.status === 'started') return { taskId: draft.taskId, isNew: false }
      const file = await this.drafts.file(draft)
      const { state, workflow } = await this.#look.again(asker, draft, file, wanted)
      refuseFaulty(state.look, wanted)
      const chosen = { ...state, parameters: { ...draft.state.parameters, ...wanted.parameters } }
      const { limits, isAdmin } = this.options
      const order = await orderOf({ ...draft, state: chosen }, workflow, file, {
        tryFirst: wanted.tryFirst,
        limits,
      })
      try {
        const actor = personActor(asker.person, isAdmin(asker.person), 'api')
        return { taskId: (await submitTask(this.options, actor, order)).id, isNew: true }
      } catch (fault) {
        if (!(fault instanceof DraftGone)) throw fault
        return this.#whoWasFirst(draftId)
      }
    })
  }

  find(draftId: string): Promise<Draft | undefined> {
    return this.drafts.find(draftId)
  }

  /** Ends uploads that nobody has run in their time, and frees them. To be called now and then. */
  async expire(): Promise<void> {
    await this.drafts.expire('web')
  }

  async #open(id: string): Promise<Draft & { uploadId: string }> {
    const draft = await this.drafts.find(id)
    if (!draft || draft.place.platform !== 'web')
      throw new Refused('upload', `There is no upload ${id}.`, 'Send the file first.')
    if (draft.status === 'started') return { ...draft, uploadId: draft.uploadId ?? '' }
    if (draft.status === 'open' && this.drafts.isExpired(draft)) await this.drafts.end(id, 'expired')
    else if (draft.status === 'open' && draft.uploadId !== null) return { ...draft, uploadId: draft.uploadId }
    throw new Refused(
      'upload',
      `The upload ${id} is over.`,
      'Uploads are kept for a day. Send the file again.',
    )
  }

  /** Another process, or a person on the page, was quicker. */
  async #whoWasFirst(id: string) {
    const draft = await this.#open(id)
    if (draft.status === 'started') return { taskId: draft.taskId, isNew: false }
    throw new UserError('The upload was changed while its rows were read.', 'Send the request again.')
  }
}

function refuseFaulty(look: Look, { skipFaulty }: Wanted): void {
  const bad = look.rows - look.good
  if (look.good > 0 && (skipFaulty || bad === 0)) return
  const message =
    look.good === 0
      ? `No row of the sheet “${look.sheet}” can run.`
      : `${bad} of ${look.rows} rows of the sheet “${look.sheet}” cannot run.`
  const mend = 'Mend the faults and send the file again'
  throw new Refused('rows', message, look.good === 0 ? `${mend}.` : `${mend}, or run the others alone.`, look)
}
