import type { UploadFile } from '../workbook/types.ts'
import { writeMarkedCopy } from '../workbook/workbook.ts'
import { withAddedFiles, withFilesOf } from '../files/add-files.ts'
import { tableOfFiles } from '../files/table-of-files.ts'
import { withSheet } from '../files/which-sheet.ts'
import { inspectAgainst } from './against.ts'
import type { Answer } from './answer.ts'
import { draftClick, type DraftVerb } from '../messages/click-ids.ts'
import { type Draft, type DraftState, without } from './draft.ts'
import type { Drafts } from './drafts.ts'
import { withoutUnmentioned } from '../files/constant-files.ts'
import { withUploaded } from './constant-uploads.ts'
import { formOf } from './forms.ts'
import { fill } from './read-form.ts'
import { type SentWithForm, WrongFields } from './sent-with-form.ts'
import { optionsOf, readingShown, inspectAgain, inspectFirst, inspectReplacement } from './inspection.ts'
import type { Person } from '../messages/people.ts'
import type { Form } from '../messages/prompt.ts'
import { ended, NOTHING, sentenceOf, stale, tell } from './standard-answers.ts'
import { StartTask } from './start-task.ts'
import { ownerOf, stepContextOf, type Move, type StepContext, type WizardOptions } from './step-context.ts'
import { stemOf } from './steps/title-and-file.ts'
import { promptOf } from './steps/steps.ts'
import { blobOf, templateOf } from './templates.ts'

/** Another click has changed the draft since it was read: handle this one again, with the draft as it is now. */
export const CHANGED = Symbol('changed')

/** Carries out a step’s answer, and returns what to show. */
export class Moves {
  readonly #begins: StartTask

  constructor(
    private readonly options: WizardOptions,
    private readonly drafts: Drafts,
  ) {
    this.#begins = new StartTask(options, drafts)
  }

  context(draft: Draft, person: Person): Promise<StepContext> {
    const { db, isAdmin, notify, clock } = this.options
    return stepContextOf(db, draft, { person, isAdmin, notify, now: clock.now() })
  }

  async make(move: Move, context: StepContext, person: Person): Promise<Answer | typeof CHANGED> {
    if ('stale' in move) return stale(context)
    if ('tell' in move) return tell(move.tell)
    if ('form' in move) return { kind: 'form', form: move.form }
    if ('cancel' in move) return this.#cancel(context.draft)
    if ('file' in move) return this.#file(move.file, context)
    if ('workbook' in move) return this.#takeSheet(context, person, move.workbook)
    if ('start' in move) return this.#begins.start(context, person, move.start)
    if (move.reinspect) return this.#reinspect(context, person, move.state)
    return this.#change(context, person, () => move.state)
  }

  /** Replaces the draft’s file. Choices that still apply stay, and so do the files that came along. */
  replace(
    context: StepContext,
    person: Person,
    fetch: () => Promise<UploadFile>,
  ): Promise<Answer | typeof CHANGED> {
    const { db, limits } = this.options
    const words = context.texts.files
    let file: UploadFile | undefined
    return this.#change(
      context,
      person,
      async () => {
        const next = await fetch()
        file = withFilesOf(await this.drafts.file(context.draft), next, { limits, words })
        const state = await inspectReplacement(db, context.draft.state, {
          file,
          workflow: context.workflow,
          workflows: context.workflows,
          limits,
          requester: ownerOf(context, person),
        })
        return this.#inspectSecond(context, state, file)
      },
      () => file,
    )
  }

  /**
   * Adds further files to the draft’s upload. They show in the check, so later steps go back to it.
   * @param sending identifies the message that they were sent with
   */
  addFiles(
    context: StepContext,
    person: Person,
    fetch: () => Promise<UploadFile>,
    sending?: string,
  ): Promise<Answer | typeof CHANGED> {
    const { limits } = this.options
    const { draft, texts } = context
    let file: UploadFile | undefined
    return this.#change(
      context,
      person,
      async () => {
        const more = await fetch()
        file = withAddedFiles(await this.drafts.file(draft), more, { limits, words: texts.files })
        const state = stateToAdd(draft.state, sending)
        if (state.workbooks) return state // there is no sheet yet
        const inspected = await inspectAgain(this.options.db, state, {
          file,
          workflow: context.workflow,
          limits,
          requester: ownerOf(context, person),
        })
        return this.#inspectSecond(context, inspected, file)
      },
      () => file,
    )
  }

  /**
   * Takes a form of the columns step in which files were uploaded as values for all rows. They are stored with the draft’s
   * upload, once, and each value mentions them by name.
   */
  async takeConstantFiles(
    context: StepContext,
    person: Person,
    form: { verb: DraftVerb; values: Record<string, string>; sent: SentWithForm },
  ): Promise<Answer | typeof CHANGED> {
    const { draft, texts } = context
    if (draft.state.step !== 'columns') return stale(context)
    let file: UploadFile | undefined
    try {
      const arrived = await form.sent.files()
      const taken = withUploaded(
        context,
        await this.drafts.file(draft),
        { ...form, arrived },
        this.options.limits,
      )
      file = taken.upload
      const filled = fill(context, form.verb, taken.values)
      if (!filled) return stale(context)
      if (filled.errors) throw new WrongFields(filled.errors)
      const { reinspect, state } = filled
      if (reinspect) file = withoutUnmentioned(file, state.constants)
      const next = reinspect ? await this.#inspect(context, person, state, file) : state
      return await this.save(draft, next, person, file)
    } catch (fault) {
      const answer = tell(sentenceOf(fault, texts))
      return fault instanceof WrongFields ? { ...answer, errors: fault.errors } : answer
    }
  }

  /** Stores what was typed into a form, valid or not, and returns the form as it will open again. */
  async keepTyped(
    context: StepContext,
    verb: DraftVerb,
    values: Record<string, string>,
  ): Promise<Form | undefined> {
    const { draft } = context
    const state = { ...draft.state, typed: { form: draftClick(draft, verb), values } }
    await this.drafts.save(draft, state)
    return formOf(verb, { ...context, draft: { ...draft, state } })
  }

  async save(
    draft: Draft,
    state: DraftState,
    person: Person,
    file?: UploadFile,
  ): Promise<Answer | typeof CHANGED> {
    const { typed: _typed, ...chosen } = state
    const saved = await this.drafts.save(draft, chosen, file)
    if (!saved) return CHANGED
    return { kind: 'show', draftId: saved.id, prompt: promptOf(await this.context(saved, person)) }
  }

  /** If the file cannot be read, says so and leaves the draft unchanged. */
  async #change(
    context: Pick<StepContext, 'draft' | 'texts'>,
    person: Person,
    next: () => DraftState | Promise<DraftState>,
    file: () => UploadFile | undefined = () => undefined,
  ): Promise<Answer | typeof CHANGED> {
    let state: DraftState
    try {
      state = await next()
    } catch (fault) {
      return tell(sentenceOf(fault, context.texts))
    }
    return this.save(context.draft, state, person, file())
  }

  /** What was uploaded for a value that has been taken back goes, too. */
  #reinspect(context: StepContext, person: Person, state: DraftState): Promise<Answer | typeof CHANGED> {
    let file: UploadFile | undefined
    return this.#change(
      context,
      person,
      async () => {
        const before = await this.drafts.file(context.draft)
        const upload = withoutUnmentioned(before, state.constants)
        if (upload !== before) file = upload
        return this.#inspect(context, person, state, upload)
      },
      () => file,
    )
  }

  async #inspect(
    context: StepContext,
    person: Person,
    state: DraftState,
    file: UploadFile,
  ): Promise<DraftState> {
    const { db, limits } = this.options
    const { workflow } = context
    const requester = ownerOf(context, person)
    const inspected = await inspectAgain(db, state, { file, workflow, limits, requester })
    return this.#inspectSecond(context, inspected, file)
  }

  /** The same sheet for the workflow to compare with, if there is one that this person may use. */
  async #inspectSecond(
    { workflows }: Pick<StepContext, 'workflows'>,
    state: DraftState,
    file: UploadFile,
  ): Promise<DraftState> {
    const { against } = state
    if (!against) return state
    const workflow = workflows.find(({ id }) => id === against.workflowId)
    if (!workflow) return without(state, 'against')
    const { db, limits } = this.options
    return inspectAgainst(db, { ...state, against }, { file, workflow, limits })
  }

  /** One of several files becomes the sheet, and the others come along with it. */
  #takeSheet(
    { draft, workflows, texts }: StepContext,
    person: Person,
    name: string | undefined,
  ): Promise<Answer | typeof CHANGED> {
    const { files: store, limits } = this.options
    const { files: words } = texts
    let file: UploadFile | undefined
    return this.#change(
      { draft, texts },
      person,
      async () => {
        const { files = [] } = await this.drafts.file(draft)
        file =
          name === undefined
            ? tableOfFiles(draft.fileName, files, words)
            : await withSheet(files, name, { store, limits, words })
        return inspectFirst(without(draft.state, 'workbooks'), { file, workflows, limits })
      },
      () => file,
    )
  }

  async #cancel(draft: Draft): Promise<Answer> {
    if (!(await this.drafts.end(draft.id, 'cancelled'))) return NOTHING
    return { kind: 'show', draftId: draft.id, prompt: ended({ ...draft, status: 'cancelled' }) }
  }

  async #file(which: 'template' | 'marked', { draft, workflow, texts }: StepContext): Promise<Answer> {
    if (!workflow) return NOTHING
    if (which === 'template') return templateOf(workflow, texts)
    const shown = { ...draft.state, reading: readingShown(draft.state) }
    const file = await this.drafts.file(draft)
    const { bytes } = await writeMarkedCopy(file, optionsOf(shown, workflow), this.options.limits)
    return {
      kind: 'file',
      file: { name: `${stemOf(draft.fileName)}.marked.xlsx`, content: blobOf(bytes) },
      line: [texts.wizard.markedCopy(draft.fileName)],
    }
  }
}

const REMEMBERED = 20
const AFTER_CHECK = new Set(['parameters', 'confirm'])

function stateToAdd(state: DraftState, sending: string | undefined): DraftState {
  const addedFrom = [...(state.addedFrom ?? []), ...(sending === undefined ? [] : [sending])].slice(
    -REMEMBERED,
  )
  return {
    ...state,
    ...(AFTER_CHECK.has(state.step) && { step: 'check' }),
    ...(addedFrom.length > 0 && { addedFrom }),
  }
}
