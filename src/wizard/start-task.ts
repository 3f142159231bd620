import { personActor } from '../app/actor.ts'
import { submitComparison } from '../app/comparison.ts'
import { submitTask } from '../app/tasks.ts'
import { MonthUsedUp, usedUpText } from '../app/usage.ts'
import { DraftGone } from '../engine/engine.ts'
import type { Task } from '../engine/task.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Person, Requester } from '../messages/people.ts'
import { againstSubmission } from './against.ts'
import type { Answer } from './answer.ts'
import type { Draft } from './draft.ts'
import type { Drafts } from './drafts.ts'
import { rememberConstants } from './last-constants.ts'
import { rememberMapping } from './remembered.ts'
import { NOTHING, sentenceOf, stale, tell } from './standard-answers.ts'
import { ownerOf, type StepContext, type WizardOptions } from './step-context.ts'
import { submissionOf } from './submission.ts'

/** A confirmed draft becomes a task, or two that are compared. What was chosen for it is offered the next time. */
export class StartTask {
  constructor(
    private readonly options: WizardOptions,
    private readonly drafts: Drafts,
  ) {}

  async start(context: StepContext, person: Person, { tryFirst }: { tryFirst: number }): Promise<Answer> {
    const { draft, workflow } = context
    const { isAdmin, limits } = this.options
    const { uploadId } = draft
    if (!workflow || uploadId === null) return stale(context)
    const actor = personActor(person, isAdmin(person))
    const { against } = draft.state
    const second = context.workflows.find(({ id }) => id === against?.workflowId)
    if (against && !second) return tell(context.texts.wizard.private.workflowGone)
    let task: Task
    try {
      const file = await this.drafts.file(draft)
      const count = against ? 0 : tryFirst
      const submission = await submissionOf({ ...draft, uploadId }, workflow, file, {
        tryFirst: count,
        limits,
      })
      if (against && second) {
        const both = { a: submission, limits }
        const b = await againstSubmission({ ...draft.state, against }, second, file, both)
        task = (await submitComparison(this.options, actor, { a: submission, b, count: tryFirst })).a
      } else task = await submitTask(this.options, actor, submission)
    } catch (fault) {
      // The other half of a double click came first, or the draft has changed since it was confirmed.
      if (fault instanceof DraftGone) return NOTHING
      if (fault instanceof MonthUsedUp) return tell(usedUpText(fault.room, context.texts))
      return tell(sentenceOf(fault, context.texts))
    }
    await this.#remember(draft, workflow, ownerOf(context, person))
    return { kind: 'task', draftId: draft.id, taskId: task.id }
  }

  async #remember(
    { state }: Draft,
    workflow: Workflow,
    owner: Pick<Requester, 'person' | 'place'>,
  ): Promise<void> {
    const { db, clock } = this.options
    await rememberConstants(db, workflow, owner, state, clock.now())
    const { inspection, mapping, constants = {} } = state
    if (!inspection || Object.keys(mapping).length === 0) return
    const { headings } = inspection
    const given = Object.keys(constants)
    await rememberMapping(db, workflow.id, { headings, mapping, given }, clock.now())
  }
}
