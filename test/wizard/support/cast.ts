import { readConfig } from '../../../src/app/config.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../../../src/engine/workflow.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import type { UploadFile } from '../../../src/workbook/types.ts'
import type { Answer } from '../../../src/wizard/answer.ts'
import { parseClick } from '../../../src/messages/click-ids.ts'
import type { Person, Place, Requester } from '../../../src/messages/people.ts'
import type { Button, Form, Line, Prompt, Select, Span } from '../../../src/messages/prompt.ts'
import type { FileStore } from '../../../src/files/file-store.ts'
import { gather, gatherAsIs } from '../../../src/files/gather.ts'
import type { SentFile } from '../../../src/files/sent-file.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'
import type { SentWithForm } from '../../../src/wizard/sent-with-form.ts'
import { Wizard } from '../../../src/wizard/wizard.ts'
import type { WizardOptions } from '../../../src/wizard/step-context.ts'
import { later } from '../../support/bot.ts'
import { aFileStore } from '../../support/file-store.ts'
import { aWorkflow, openShelf } from '../../support/runner-store.ts'

export const SAMPLE: UploadFile = {
  name: 'test_batch_data.xlsx',
  bytes: readFileSync(join(import.meta.dir, '../../../samples/test_batch_data.xlsx')),
}

export const COPYWRITER: App = {
  name: 'Product copywriter',
  description: 'Writes a product description from name, features and tone.',
  mode: 'workflow',
  fileLimits: {},
  variables: [
    { name: 'name', label: 'Name', type: 'text-input', required: true, maxLength: 80 },
    { name: 'features', label: 'Key features', type: 'paragraph', required: true, maxLength: 1000 },
    {
      name: 'tone',
      label: 'Tone',
      type: 'select',
      required: false,
      options: ['formal', 'casual', 'playful'],
    },
    { name: 'max_words', label: 'Max words', type: 'number', required: false },
  ],
}

export const TRANSLATOR: App = {
  name: 'Translate',
  description: '',
  mode: 'workflow',
  fileLimits: {},
  variables: [{ name: 'question', label: 'Question', type: 'paragraph', required: true }],
}

export function csv(text: string, name = 'products.csv'): UploadFile {
  return { name, bytes: new TextEncoder().encode(text) }
}

export const PLACE: Place = { platform: 'slack', team: 'T1', channel: 'C1', thread: '1.1' }

export function aPerson(name: string, more: Partial<Person> = {}): Person {
  return { platform: 'slack', team: 'T1', id: `U-${name}`, name, roles: [], ...more }
}

export function asker(name: string, more: Partial<Requester> = {}): Requester {
  return { person: aPerson(name), place: PLACE, locale: 'en-US', ...more }
}

/** A wizard over a real database and the real workbook worker; `boss` is an admin. */
export async function aWizard(apps: App[] = [COPYWRITER, TRANSLATOR], more: Partial<WizardOptions> = {}) {
  const runnerStore = await openShelf({ withWorkflow: false })
  later(() => runnerStore.db.destroy())
  const workflows = []
  for (const app of apps) workflows.push(await aWorkflow(runnerStore.db, app))
  const options: WizardOptions = {
    db: runnerStore.db,
    engineFor: runnerStore.engineFor,
    clock: runnerStore.clock,
    limits: DEFAULT_LIMITS,
    files: aFileStore(),
    isAdmin: ({ name }) => name === 'boss',
    notify: readConfig({}).notify,
    ...more,
  }
  /** as after a restart: nothing is kept but the database */
  const restarted = () => new Wizard(options)
  return { ...runnerStore, workflows, options, restarted, wizard: new Wizard(options) }
}

/** An upload, sent with a form that asks for one. */
export function sentUpload(file: UploadFile): SentWithForm {
  return { upload: () => Promise.resolve(file), files: () => Promise.resolve(new Map()) }
}

/** Files that are uploaded in a form as a value for all rows. */
export function sentInField(store: FileStore, field: string, ...files: SentFile[]): SentWithForm {
  const options = { store, limits: DEFAULT_LIMITS, words: textsFor('en').files }
  return {
    upload: () => gather(files, options),
    files: async () => new Map([[field, await gatherAsIs(files, options)]]),
  }
}

let sendings = 0

/** A person's way through a wizard: clicks what the last Prompt shows, by its label. */
export class Visit {
  answer: Answer = { kind: 'nothing' }
  prompt: Prompt = { title: '', lines: [], selects: [], buttons: [] }

  constructor(
    public wizard: Wizard,
    readonly who: Requester = asker('Mei'),
  ) {}

  async send(file: UploadFile = SAMPLE): Promise<this> {
    const begun = await this.wizard.begin(this.who, { name: file.name, source: `sending ${sendings++}` })
    if (!begun) throw new Error('the sending is known already')
    return this.take(await this.wizard.fill(begun.draftId, file))
  }

  async press(label: string): Promise<this> {
    return this.take(await this.wizard.click(this.who, buttonOf(this.prompt, label).id, []))
  }

  async choose(label: string, option: string): Promise<this> {
    const select = selectOf(this.prompt, label)
    const value = select.options.find((one) => one.label.startsWith(option))?.value
    if (value === undefined)
      throw new Error(`no option ${option} in ${select.options.map((one) => one.label).join(', ')}`)
    return this.take(await this.wizard.click(this.who, select.id, [value]))
  }

  async answerForm(values: Record<string, string>, file?: UploadFile) {
    const submitted = await this.wizard.submit(this.who, this.form.id, values, file && sentUpload(file))
    if (submitted.answer) this.take(await submitted.answer)
    return submitted.errors
  }

  /** To the last step, with the sample. */
  async toConfirm(file: UploadFile = SAMPLE): Promise<this> {
    await this.send(file)
    await this.press('Next')
    await this.press(this.labels.find((label) => /^(Next|Run the other|Run all)/.test(label)) ?? 'Next')
    return this.press('Next')
  }

  take(answer: Answer): this {
    this.answer = answer
    if (answer.kind === 'show') this.prompt = answer.prompt
    return this
  }

  get labels(): string[] {
    return this.prompt.buttons.map(({ label }) => label)
  }

  get text(): string {
    return textOf(this.prompt)
  }

  get form(): Form {
    if (this.answer.kind !== 'form') throw new Error(`no form but ${this.answer.kind}`)
    return this.answer.form
  }

  /** What was told privately. */
  get told(): string {
    return this.answer.kind === 'tell' ? textOf(this.answer.prompt) : ''
  }

  get taskId(): string {
    if (this.answer.kind !== 'task') throw new Error(`no task but ${JSON.stringify(this.answer)}`)
    return this.answer.taskId
  }

  get draftId(): string {
    const click = parseClick(this.prompt.buttons[0]?.id ?? '')
    if (click?.of !== 'draft') throw new Error('nothing to click')
    return click.id
  }
}

export function buttonOf(prompt: Prompt, label: string): Extract<Button, { id: string }> {
  const button = prompt.buttons.find((one) => one.label === label)
  if (button?.id === undefined)
    throw new Error(`no button ${label} in ${prompt.buttons.map((one) => one.label).join(', ')}`)
  return button
}

export function selectOf(prompt: Prompt, label: string): Select {
  const select = prompt.selects.find((one) => one.label === label)
  if (!select) throw new Error(`no select ${label} in ${prompt.selects.map((one) => one.label).join(', ')}`)
  return select
}

export function textOf({ title, lines }: Prompt): string {
  return [title, ...lines.map(lineText)].filter(Boolean).join('\n')
}

export function lineText(line: Line): string {
  return line.map(spanText).join('')
}

function spanText(span: Span): string {
  if (typeof span === 'string') return span
  if ('bold' in span) return span.bold
  if ('code' in span) return span.code
  if ('time' in span) return span.text
  return 'person' in span ? `@${span.person.name}` : span.link
}
