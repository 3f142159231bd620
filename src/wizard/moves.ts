import { personActor } from '../app/actor.ts'
import { submitTask } from '../app/tasks.ts'
import { saveMapping } from '../db/workflows/mappings.ts'
import { DraftGone } from '../engine/engine.ts'
import type { Task } from '../engine/task.ts'
import type { UploadFile } from '../workbook/types.ts'
import { writeMarkedCopy } from '../workbook/workbook.ts'
import type { Answer } from './answer.ts'
import { draftClick, type DraftVerb } from '../messages/click-ids.ts'
import type { Draft, State } from './draft.ts'
import type { Drafts } from './drafts.ts'
import { formOf } from './forms.ts'
import { byHeading, headingSet } from './columns.ts'
import { optionsOf, looked, lookedAtOther } from './inspection.ts'
import { orderOf } from './submission.ts'
import type { Person } from '../messages/people.ts'
import type { Form } from '../messages/prompt.ts'
import { ended, NOTHING, sentenceOf, stale, tell } from './standard-answers.ts'
import { sightOf, type Move, type Sight, type WizardOptions } from './step-context.ts'
import { stemOf } from './steps/shared.ts'
import { promptOf } from './steps/steps.ts'
import { blobOf, templateOf } from './templates.ts'

/** Another click has changed the draft since it was read: this one is to be asked again of what it is now. */
export const CHANGED = Symbol('changed')

/** Does what an answer comes to, and says what to show for it. */
export class Moves {
  constructor(
    private readonly options: WizardOptions,
    private readonly drafts: Drafts,
  ) {}

  sight(draft: Draft, person: Person): Promise<Sight> {
    const { db, isAdmin } = this.options
    return sightOf(db, draft, { person, isAdmin })
  }

  async make(move: Move, sight: Sight, person: Person): Promise<Answer | typeof CHANGED> {
    if ('stale' in move) return stale(sight)
    if ('tell' in move) return tell(move.tell)
    if ('form' in move) return { kind: 'form', form: move.form }
    if ('cancel' in move) return this.#cancel(sight.draft)
    if ('file' in move) return this.#file(move.file, sight)
    if ('start' in move) return this.#start(sight, person, move.start)
    return this.#change(sight, person, () => (move.look ? this.#looked(sight, move.state) : move.state))
  }

  /** Another file for the draft. What was chosen stays where it still means something. */
  replace(sight: Sight, person: Person, fetch: () => Promise<UploadFile>): Promise<Answer | typeof CHANGED> {
    const { db, limits } = this.options
    let file: UploadFile | undefined
    return this.#change(
      sight,
      person,
      async () => {
        file = await fetch()
        return lookedAtOther(db, sight.draft.state, {
          file,
          workflow: sight.workflow,
          workflows: sight.workflows,
          limits,
        })
      },
      () => file,
    )
  }

  /** Keeps what was typed into a form, whatever is wrong with it, and gives the form as it opens again. */
  async keepTyped(sight: Sight, verb: DraftVerb, values: Record<string, string>): Promise<Form | undefined> {
    const { draft } = sight
    const state = { ...draft.state, typed: { form: draftClick(draft, verb), values } }
    await this.drafts.save(draft, state)
    return formOf(verb, { ...sight, draft: { ...draft, state } })
  }

  async save(
    draft: Draft,
    state: State,
    person: Person,
    file?: UploadFile,
  ): Promise<Answer | typeof CHANGED> {
    const { typed: _typed, ...chosen } = state
    const saved = await this.drafts.save(draft, chosen, file)
    if (!saved) return CHANGED
    return { kind: 'show', draftId: saved.id, prompt: promptOf(await this.sight(saved, person)) }
  }

  /** What cannot be read is told, and the draft stays as it is. */
  async #change(
    { draft }: Sight,
    person: Person,
    next: () => State | Promise<State>,
    file: () => UploadFile | undefined = () => undefined,
  ): Promise<Answer | typeof CHANGED> {
    let state: State
    try {
      state = await next()
    } catch (fault) {
      return tell(sentenceOf(fault))
    }
    return this.save(draft, state, person, file())
  }

  async #looked({ draft, workflow }: Sight, state: State): Promise<State> {
    const { db, limits } = this.options
    return looked(db, state, { file: await this.drafts.file(draft), workflow, limits })
  }

  async #cancel(draft: Draft): Promise<Answer> {
    if (!(await this.drafts.end(draft.id, 'cancelled'))) return NOTHING
    return { kind: 'show', draftId: draft.id, prompt: ended({ ...draft, status: 'cancelled' }) }
  }

  async #file(which: 'template' | 'marked', { draft, workflow, words }: Sight): Promise<Answer> {
    if (!workflow) return NOTHING
    if (which === 'template') return templateOf(workflow, words)
    const { look } = draft.state
    const shown = { ...draft.state, ...(look && { sheet: look.sheet, headingRow: look.headingRow }) }
    const file = await this.drafts.file(draft)
    const { bytes } = await writeMarkedCopy(file, optionsOf(shown, workflow), this.options.limits)
    return {
      kind: 'file',
      file: { name: `${stemOf(draft.fileName)}.marked.xlsx`, content: blobOf(bytes) },
      line: [words.wizard.markedCopy(draft.fileName)],
    }
  }

  async #start(sight: Sight, person: Person, { tryFirst }: { tryFirst: boolean }): Promise<Answer> {
    const { draft, workflow } = sight
    const { isAdmin, limits } = this.options
    const { uploadId } = draft
    if (!workflow || uploadId === null) return stale(sight)
    let task: Task
    try {
      const file = await this.drafts.file(draft)
      const order = await orderOf({ ...draft, uploadId }, workflow, file, { tryFirst, limits })
      task = await submitTask(this.options, personActor(person, isAdmin(person)), order)
    } catch (fault) {
      // The other click of a double click was first, or the draft is not what was confirmed any more.
      if (fault instanceof DraftGone) return NOTHING
      return tell(sentenceOf(fault))
    }
    await this.#remember(draft, workflow.id)
    return { kind: 'task', draftId: draft.id, taskId: task.id }
  }

  async #remember({ state }: Draft, workflowId: string): Promise<void> {
    const { db, clock } = this.options
    const headings = state.look?.headings ?? []
    if (Object.keys(state.mapping).length === 0) return
    const key = { workflowId, headings: headingSet(headings) }
    await saveMapping(db, key, byHeading(state.mapping, headings), clock.now())
  }
}
