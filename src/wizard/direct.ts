import { createHash } from 'node:crypto'
import { type Face, personActor } from '../app/actor.ts'
import { submitComparison } from '../app/comparison.ts'
import { submitTask } from '../app/tasks.ts'
import { DraftGone } from '../engine/engine.ts'
import type { TaskLimit } from '../engine/limits.ts'
import type { NotifyChoice } from '../engine/notify.ts'
import type { Parameters } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import type { UploadFile } from '../workbook/types.ts'
import { againstSubmission } from './against.ts'
import type { Draft, Inspection } from './draft.ts'
import { DirectInspection, type InspectedState, type InspectionRequest } from './direct-inspection.ts'
import type { Drafts } from './drafts.ts'
import { submissionOf } from './submission.ts'
import { Refused } from './answer.ts'
import { isSamePerson, type Requester } from '../messages/people.ts'
import type { WizardOptions } from './step-context.ts'
import { KeyedQueue, type KeyedTurns } from '../app/keyed-queue.ts'
import { say } from '../engine/sentence.ts'

export interface DirectRequest extends InspectionRequest {
  parameters: Partial<Parameters>
  /** run the good rows and leave the faulty ones out; false: refuse if any row is faulty */
  skipFaulty: boolean
  /** how much all calls of the task may cost; default: as much as they do */
  limit?: TaskLimit | null
  /** rows that an earlier task has answered are not called */
  onlyNew?: boolean
  /** rows that send the same are each called */
  callEach?: boolean
  /** who else is notified of its end; absent: as the settings say */
  notify?: NotifyChoice | undefined
  /** how many rows to try before the others, 0: none; of a comparison, how many to compare, 0: all */
  tryFirst: number
  /** where it is started; default: the API */
  face?: Face
}

export type InspectedDraft = Draft & { state: InspectedState }

/**
 * The wizard for programs: a file, then all four answers at once. Mappings chosen by hand are neither used nor
 * remembered here: the same request always has the same result.
 */
export class Direct {
  /** Requests about one draft run one after another: of ten repeated ones, nine then need not read the file. */
  readonly #turns: KeyedTurns
  readonly #inspection: DirectInspection

  constructor(
    private readonly options: WizardOptions,
    private readonly drafts: Drafts,
  ) {
    this.#turns = options.turns ?? new KeyedQueue()
    this.#inspection = new DirectInspection(options)
  }

  /**
   * Stores a file as a draft, with its inspection.
   * @param source of what is sent again, the same: there is one draft of it
   * @throws UserError if it cannot be read; Refused if the options do not fit it
   */
  async upload(
    requester: Requester,
    file: UploadFile,
    request: InspectionRequest,
    source = `direct:${crypto.randomUUID()}`,
  ): Promise<InspectedDraft> {
    const state = await this.#inspection.first(requester, file, request)
    const started = await this.drafts.begin({
      owner: requester.person,
      place: requester.place,
      locale: requester.locale,
      fileName: file.name,
      source,
    })
    const draft = started && (await this.drafts.save(started, state, file))
    if (!draft) throw new UserError(say('upload-interrupted'), say('do-send-file-again'))
    return { ...draft, state }
  }

  /**
   * Makes the task of an upload. Repeating it makes no second task.
   * @returns isNew: false if it had already become this task; null: that task was deleted
   * @throws Refused, UserError
   */
  execute(
    requester: Requester,
    draftId: string,
    request: DirectRequest,
  ): Promise<{ taskId: string | null; isNew: boolean }> {
    return this.#turns.run(draftId, async () => {
      const draft = await this.#open(draftId, requester)
      if (draft.status === 'started') return { taskId: draft.taskId, isNew: false }
      const file = await this.drafts.file(draft)
      const { state, workflow, second } = await this.#inspection.again(requester, draft, file, request)
      refuseFaulty(state.inspection, request)
      const { onlyNew = false, callEach = false } = request
      const parameters = { ...draft.state.parameters, ...request.parameters }
      const { notify } = request
      const chosen = { ...state, parameters, onlyNew, callEach, ...(notify && { notify }) }
      const { limits, isAdmin } = this.options
      const submission = await submissionOf({ ...draft, state: chosen }, workflow, file, {
        tryFirst: second ? 0 : request.tryFirst,
        limits,
        limit: request.limit,
      })
      try {
        const actor = personActor(requester.person, isAdmin(requester.person), request.face ?? 'api')
        const { against } = chosen
        if (second && against) {
          const b = await againstSubmission({ ...chosen, against }, second, file, { a: submission, limits })
          const pair = { a: submission, b, count: request.tryFirst }
          return { taskId: (await submitComparison(this.options, actor, pair)).a.id, isNew: true }
        }
        return { taskId: (await submitTask(this.options, actor, submission)).id, isNew: true }
      } catch (fault) {
        if (!(fault instanceof DraftGone)) throw fault
        return this.#whoWasFirst(draftId, requester)
      }
    })
  }

  /**
   * Makes a task of a file that is sent with all answers at once. A task is made once for each `source`, however often and
   * however quickly it is sent.
   * @returns no task: the rows that cannot run, with what is wrong
   * @throws Refused, UserError
   */
  run(
    requester: Requester,
    file: UploadFile,
    request: DirectRequest & { source: string },
  ): Promise<{ taskId: string | null } | { taskId?: undefined; inspection: Inspection }> {
    return this.#turns.run(request.source, async () => {
      const draft = await this.#sentBefore(requester, file, request)
      try {
        return await this.execute(requester, draft.id, request)
      } catch (fault) {
        if (!(fault instanceof Refused) || !fault.inspection) throw fault
        // The draft stays open for a day: sent again, it is checked again, as the workflow may have changed.
        return { inspection: fault.inspection }
      }
    })
  }

  /** The draft of what is sent; one that is over counts no more. @throws UserError while another process reads it */
  async #sentBefore(
    requester: Requester,
    file: UploadFile,
    request: InspectionRequest & { source: string },
  ): Promise<Draft> {
    for (let nth = 1; ; nth++) {
      const source = nth === 1 ? request.source : `${request.source}:${nth}`
      const before = await this.drafts.findFrom(source)
      if (!before) return this.upload(requester, file, request, source)
      if (before.status === 'reading')
        throw new UserError(say('upload-changed'), say('do-send-request-again'))
      const isOpen = before.status === 'open' && !this.drafts.isExpired(before)
      if (before.status === 'started' || isOpen) return before
    }
  }

  /** Undefined also for somebody else’s, unless an admin asks. */
  async find({ person }: Requester, draftId: string): Promise<Draft | undefined> {
    const draft = await this.drafts.find(draftId)
    return draft && (isSamePerson(draft.owner, person) || this.options.isAdmin(person)) ? draft : undefined
  }

  /** Hash of what was uploaded and how it was to be read: equal for a file that is sent again. */
  async contentOf(draft: Draft): Promise<string> {
    const { name, bytes, files = [], listsFiles = false } = await this.drafts.file(draft)
    const { workflowId, reading, mapping, constants } = draft.state
    const along = files.map((file) => [file.name, file.sha256])
    return createHash('sha256')
      .update(JSON.stringify([name, listsFiles, along, { workflowId, reading, mapping, constants }]))
      .update(bytes)
      .digest('hex')
  }

  /** Ends uploads that were not run in time, or were with a machine that has died. Call it from time to time. */
  async expire(): Promise<void> {
    if (this.options.readForMs !== undefined) await this.drafts.interrupt('web')
    await this.drafts.expire('web')
  }

  async #open(id: string, requester: Requester): Promise<Draft & { uploadId: string }> {
    const draft = await this.find(requester, id)
    if (!draft || draft.place.platform !== 'web')
      throw new Refused('upload', say('no-such-upload', { id }), say('do-send-file-first'))
    if (draft.status === 'started') return { ...draft, uploadId: draft.uploadId ?? '' }
    if (draft.status === 'open' && this.drafts.isExpired(draft)) await this.drafts.end(id, 'expired')
    else if (draft.status === 'open' && draft.uploadId !== null) return { ...draft, uploadId: draft.uploadId }
    throw new Refused('upload', say('upload-over', { id }), say('do-uploads-kept'))
  }

  /** Another process, or a person on the page, was faster. */
  async #whoWasFirst(id: string, requester: Requester) {
    const draft = await this.#open(id, requester)
    if (draft.status === 'started') return { taskId: draft.taskId, isNew: false }
    throw new UserError(say('upload-changed'), say('do-send-request-again'))
  }
}

function refuseFaulty(inspection: Inspection, { skipFaulty }: DirectRequest): void {
  const bad = inspection.rows - inspection.good
  if (inspection.good > 0 && (skipFaulty || bad === 0)) return
  const message =
    inspection.good === 0
      ? say('no-row-of-sheet-runs', { sheet: inspection.sheet })
      : say('some-rows-cannot-run', { bad, rows: inspection.rows, sheet: inspection.sheet })
  throw new Refused(
    'rows',
    message,
    say(inspection.good === 0 ? 'do-fix-and-send' : 'do-fix-or-run-others'),
    inspection,
  )
}
