import { NotAllowed, personActor } from '../app/actor.ts'
import { findTaskFor } from '../app/tasks.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import type { Workflow } from '../engine/workflow.ts'
import { textsFor } from '../messages/texts/texts.ts'
import type { SeveralWorkbooks } from '../files/which-sheet.ts'
import type { UploadFile } from '../workbook/types.ts'
import type { Answer, FormResult } from './answer.ts'
import {
  type Requester,
  type MessageRef,
  type Person,
  type Place,
  type Platform,
} from '../messages/people.ts'
import { parseClick } from '../messages/click-ids.ts'
import { Direct } from './direct.ts'
import { type Draft, type DraftState, inLocaleOf } from './draft.ts'
import { Drafts } from './drafts.ts'
import { OpenDrafts } from './open-drafts.ts'
import { searchText } from './read-form.ts'
import { submitForm } from './submit-form.ts'
import type { SentWithForm } from './sent-with-form.ts'
import { CHANGED, Moves } from './moves.ts'
import { clipped } from '../messages/paged-select.ts'
import type { Option, Prompt } from '../messages/prompt.ts'
import { ended, endedText, NOTHING, sentenceOf, tell } from './standard-answers.ts'
import { titled } from '../messages/limits.ts'
import { noWorkflowText, workflowsFor, type StepContext, type WizardOptions } from './step-context.ts'
import { answerOf, promptOf } from './steps/steps.ts'
import { templateOf } from './templates.ts'
import { inspectFirst } from './inspection.ts'
import { OfferedWorkflows } from './offered-workflows.ts'
import { workflowOptions, workflowsFound } from './workflow-options.ts'

/**
 * The four steps, for every face. All state is in the database: a restart loses nothing, and what a click may do is
 * decided from there, never from what the click says.
 */
export class Wizard {
  readonly #drafts: Drafts
  readonly #moves: Moves
  readonly #open: OpenDrafts
  /** for programs, which answer all steps at once */
  readonly direct: Direct
  readonly offered: OfferedWorkflows

  constructor(private readonly options: WizardOptions) {
    this.#drafts = new Drafts(options.db, options.clock, options.readForMs)
    this.#moves = new Moves(options, this.#drafts)
    this.#open = new OpenDrafts(options, this.#drafts, this.#moves)
    this.direct = new Direct(options, this.#drafts)
    this.offered = new OfferedWorkflows(options)
  }

  /**
   * A person sends a file: returns what to show while it is fetched and read. Undefined: this upload already has a
   * draft.
   * @param file.files number of files that are sent; 1 is usual
   * @param file.source identifies the upload, so that several events about it start one wizard
   * @param file.workflow chosen together with the file: its id, or words that were typed. If they do not mean one
   * workflow, the first step searches for them
   */
  async begin(
    requester: Requester,
    file: { name: string; files?: number; source: string; workflow?: string },
  ) {
    const { person, place, locale } = requester
    const draft = await this.#drafts.begin({
      owner: person,
      place,
      locale,
      fileName: file.name,
      source: file.source,
      ...(file.workflow && (await this.#chosen(requester, file.workflow))),
    })
    if (!draft) return undefined
    const { wizard } = textsFor(locale)
    const { files = 1 } = file
    const sentence = files > 1 ? wizard.files.reading(files) : wizard.reading
    return { draftId: draft.id, prompt: titled(file.name, sentence) }
  }

  /** A task once more, with other settings: its file and its choices in a new draft, at the parameters. */
  async again(requester: Requester, taskId: string): Promise<Answer> {
    const { person, locale } = requester
    const { isAdmin } = this.options
    const texts = textsFor(locale)
    let task: TaskView
    try {
      task = await findTaskFor(this.options, personActor(person, isAdmin(person)), taskId)
    } catch (fault) {
      if (fault instanceof NotAllowed) return tell(texts.tasks.private.notYours(fault.owner ?? ''))
      if (fault instanceof UnknownTask) return tell(texts.tasks.private.unknown(taskId))
      throw fault
    }
    const draft = await this.#drafts.again(task, requester)
    if (!draft) return tell(texts.trial.choicesGone)
    return { kind: 'show', draftId: draft.id, prompt: promptOf(await this.#moves.context(draft, person)) }
  }

  /** Stores which message shows the draft’s prompts. */
  setMessage(draftId: string, message: MessageRef): Promise<void> {
    return this.#drafts.setMessage(draftId, message)
  }

  async find(draftId: string): Promise<Draft | undefined> {
    return this.#drafts.find(draftId)
  }

  localeOf(person: Person): Promise<string | undefined> {
    return this.#drafts.localeOf(person)
  }

  /** The file has arrived, or several, of which one will be chosen. If it cannot be read, the draft ends with a sentence that says why. */
  async fill(draftId: string, sent: UploadFile | SeveralWorkbooks): Promise<Answer> {
    const draft = await this.#drafts.find(draftId)
    if (draft?.status !== 'reading') return NOTHING
    const { db, limits, isAdmin } = this.options
    const workflows = await workflowsFor(db, { person: draft.owner, place: draft.place }, isAdmin)
    if (workflows.length === 0) return this.fail(draftId, await noWorkflowText(db, draft.locale))
    try {
      const { state, file } =
        'workbooks' in sent
          ? toBeChosen(draft.state, sent)
          : { state: await inspectFirst(draft.state, { file: sent, workflows, limits }), file: sent }
      const answer = await this.#moves.save(draft, state, draft.owner, file)
      return answer === CHANGED ? NOTHING : answer // it was ended in the meantime, and that was shown
    } catch (fault) {
      return this.fail(draftId, sentenceOf(fault, textsFor(draft.locale)))
    }
  }

  /** The file could not be fetched or read: ends the draft with this sentence. */
  async fail(draftId: string, sentence: string): Promise<Answer> {
    const draft = await this.#drafts.find(draftId)
    if (!draft || !(await this.#drafts.end(draftId, 'failed'))) return NOTHING
    return { kind: 'show', draftId, prompt: titled(draft.fileName, sentence) }
  }

  /** A button or select of a draft. `values`: what was chosen in a select. */
  async click(requester: Requester, id: string, values: string[]): Promise<Answer> {
    return this.#open.retryWhileChanged(requester, id, ({ context, verb }) =>
      this.#moves.make(answerOf(context, verb, values[0] ?? ''), context, requester.person),
    )
  }

  /** A form of a draft. `values` by field id. @param sent undefined: no file was sent with it */
  submit(
    requester: Requester,
    id: string,
    values: Record<string, string>,
    sent?: SentWithForm,
  ): Promise<FormResult> {
    return submitForm({ drafts: this.#open, moves: this.#moves }, requester, { id, values, sent })
  }

  /**
   * The newest draft of this person that is being read or open here, for a message in its thread or in reply to it.
   * @param answered ids of the message and of the thread that theirs answers
   */
  async openHere({ person, place }: Requester, answered: string[]): Promise<Draft | undefined> {
    const drafts = await this.#drafts.openOf(person)
    const isThread = ({ channel, thread }: Place) =>
      thread !== undefined && thread !== channel && answered.includes(thread)
    return drafts.find(
      ({ place: its, message }) =>
        its.channel === place.channel &&
        ((message !== null && answered.includes(message.id)) || isThread(its)),
    )
  }

  /**
   * Files that somebody sent to their open draft in a message.
   * @param sending identifies the message: several events about it add its files once
   */
  async addFiles(
    requester: Requester,
    draftId: string,
    sent: { sending: string; fetch: () => Promise<UploadFile> },
  ): Promise<Answer> {
    for (;;) {
      const draft = await this.#drafts.find(draftId)
      if (!draft || !this.#open.mayAct(requester, draft) || draft.status === 'reading') return NOTHING
      const its = inLocaleOf(requester, draft)
      if (draft.status !== 'open') return tell(endedText(its))
      if (draft.state.addedFrom?.includes(sent.sending)) return NOTHING
      const context = await this.#moves.context(its, requester.person)
      const answer = await this.#moves.addFiles(context, requester.person, sent.fetch, sent.sending)
      if (answer !== CHANGED) return answer
    }
  }

  /** What the draft’s message should show now; undefined if the draft has become a task or does not exist. */
  async promptOf(draftId: string): Promise<Prompt | undefined> {
    const draft = await this.#drafts.find(draftId)
    if (!draft || draft.status === 'started') return undefined
    if (draft.status === 'open') return promptOf(await this.#moves.context(draft, draft.owner))
    return ended(draft)
  }

  /**
   * A draft with its step’s context, for a face that shows more than a Prompt. No context: the draft is over.
   * Undefined: this person has no such draft.
   */
  async see(
    requester: Requester,
    draftId: string,
  ): Promise<{ draft: Draft; context?: StepContext } | undefined> {
    const draft = await this.#drafts.find(draftId)
    if (!draft || !this.#open.mayAct(requester, draft)) return undefined
    if (draft.status === 'open' && this.#drafts.isExpired(draft))
      return { draft: { ...draft, status: 'expired' } }
    if (draft.status !== 'open') return { draft }
    return { draft, context: await this.#moves.context(inLocaleOf(requester, draft), requester.person) }
  }

  /** Ends a chat’s expired drafts, and returns what their messages now show. Call it from time to time. */
  async expire(platform: Platform): Promise<{ draft: Draft; prompt: Prompt }[]> {
    return (await this.#drafts.expire(platform)).map((draft) => ({ draft, prompt: ended(draft) }))
  }

  /** Until it is stopped, no other machine takes this one for dead, which fetches and reads the draft’s file. */
  keepReading(draftId: string, onFault: (fault: unknown) => void): () => void {
    return this.#drafts.keepReading(draftId, onFault)
  }

  /** The open draft of this sending, of this or another machine. */
  async openFrom(source: string): Promise<Draft | undefined> {
    const draft = await this.#drafts.findFrom(source)
    return draft?.status === 'open' ? draft : undefined
  }

  /** Does what has this key once at a time, over all machines. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.options.turns?.run(key, work) ?? work()
  }

  /** Whether others may be at work on drafts, whose machine may die at any time. */
  get isShared(): boolean {
    return this.options.readForMs !== undefined
  }

  /**
   * Ends a chat’s drafts whose file was being fetched when the process or machine ended. Call it at the start; if it is
   * shared, from time to time.
   */
  async interrupted(platform: Platform): Promise<{ draft: Draft; prompt: Prompt }[]> {
    return (await this.#drafts.interrupt(platform)).map((draft) => ({ draft, prompt: ended(draft) }))
  }

  /**
   * What a select of a draft offers for what is being typed into it, within the limits of both platforms. Nothing if
   * the draft is somebody else’s, over, or at another step.
   */
  async suggest(requester: Requester, id: string, typed: string): Promise<Option[]> {
    const click = parseClick(id)
    const draft = click?.of === 'draft' ? await this.#drafts.find(click.id) : undefined
    if (!draft || click?.of !== 'draft' || click.verb !== 'workflow') return []
    const isOpen = draft.status === 'open' && draft.nonce === click.nonce && !this.#drafts.isExpired(draft)
    if (!isOpen || !this.#open.mayAct(requester, draft)) return []
    const context = await this.#moves.context(inLocaleOf(requester, draft), requester.person)
    const words = typed.trim() === '' ? (draft.state.search ?? '') : typed
    const found = workflowsFound(context, words)
    const shown = found.length > 0 || typed.trim() !== '' ? found : workflowsFound(context, '')
    return workflowOptions(shown, words, context.texts).map(clipped)
  }

  template(workflow: Workflow, { locale }: Requester): Promise<Answer> {
    return templateOf(workflow, textsFor(locale))
  }

  /** The workflow that was named together with a file, or the words to search for it. */
  async #chosen(requester: Requester, typed: string): Promise<{ workflowId?: string; search?: string }> {
    const [only, ...others] = await this.offered.named(requester, typed)
    if (only && others.length === 0) return { workflowId: only.workflow.id }
    // An id of which nothing is left was not typed: nobody is to read it.
    return isUuid(typed) ? {} : { search: searchText(typed) }
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** The upload has no sheet until its person says which of its files that is. */
function toBeChosen(state: DraftState, { name, files, workbooks }: SeveralWorkbooks) {
  return { state: { ...state, workbooks }, file: { name, bytes: new Uint8Array(), files } }
}
