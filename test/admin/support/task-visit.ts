import { type As, anAdmin } from './admin.ts'
import { type Form, type Page, pageOf, textOf } from './page-of.ts'

type Browse = Awaited<ReturnType<typeof anAdmin>>['browse']

/** A person’s way through a new task: sends what the forms of the last page would send. */
export class TaskVisit {
  response = new Response()
  page: Page = pageOf('')
  path = '/batch/new'

  constructor(
    private readonly browse: Browse,
    private readonly headers: Record<string, string> = {},
    private readonly as: As = 'admin',
  ) {}

  async open(path = this.path): Promise<this> {
    return this.#take(await this.browse(path, { as: this.as, headers: this.headers }))
  }

  /** From the door to the first step. */
  async send(file: File, fields: Record<string, string> = {}): Promise<this> {
    await this.open('/batch/new')
    return this.drop(file, fields)
  }

  /** A file on the page’s drop area. */
  async drop(file: File, fields: Record<string, string> = {}): Promise<this> {
    const form = this.page.forms.find(({ isMultipart }) => isMultipart)
    if (!form) throw new Error(`no drop area on ${textOf(this.page.html)}`)
    const body = new FormData()
    for (const [name, value] of Object.entries({ ...form.fields, ...fields })) body.set(name, value)
    body.set('file', file)
    return this.post(form.action, body)
  }

  async press(label: string, fields: Record<string, string> = {}): Promise<this> {
    const form = this.#formWith(({ buttons }) => buttons.some((button) => button.label === label), label)
    const button = form.buttons.find((one) => one.label === label)
    const pressed = button?.name ? { [button.name]: button.value } : {}
    return this.post(form.action, new URLSearchParams({ ...form.fields, ...fields, ...pressed }))
  }

  /** A select that acts at once. */
  async choose(label: string): Promise<this> {
    const form = this.#formWith(({ selects }) => optionIn(selects, label) !== undefined, label)
    const value = optionIn(form.selects, label)?.value ?? ''
    return this.post(form.action, new URLSearchParams({ ...form.fields, value }))
  }

  /** One of the workflows in the list. */
  async pick(label: string): Promise<this> {
    const isIt = (button: { name: string; label: string }) =>
      button.name === 'value' && button.label.startsWith(label)
    const form = this.#formWith(({ buttons }) => buttons.some(isIt), label)
    const value = form.buttons.find(isIt)?.value ?? ''
    return this.post(form.action, new URLSearchParams({ ...form.fields, value }))
  }

  async post(path: string, body: URLSearchParams | FormData): Promise<this> {
    return this.#take(await this.browse(path, { method: 'POST', body, as: this.as, headers: this.headers }))
  }

  get text(): string {
    return textOf(this.page.html)
  }

  get title(): string {
    return /<h1>([^<]*)<\/h1>/.exec(this.page.html)?.[1] ?? ''
  }

  get told(): string {
    const [, told = ''] = /<div class="told"[^>]*>([^]*?)<\/div>/.exec(this.page.html) ?? []
    return textOf(told).trim()
  }

  get labels(): string[] {
    return this.page.forms.flatMap(({ buttons }) => buttons.map(({ label }) => label))
  }

  /** As a browser does: a redirect is followed, unless it leads away from the new task. */
  async #take(response: Response): Promise<this> {
    this.response = response
    const to = response.headers.get('location')
    if (to?.startsWith('/batch/new')) {
      this.path = to
      return this.open(to)
    }
    if ((response.headers.get('content-type') ?? '').startsWith('text/html'))
      this.page = pageOf(await response.text())
    return this
  }

  #formWith(has: (form: Form) => boolean, what: string): Form {
    const form = this.page.forms.find(
      ({ action, ...form }) => action.startsWith('/batch') && has({ action, ...form }),
    )
    if (!form) throw new Error(`no ${what} among ${this.labels.join(', ')} on ${this.text}`)
    return form
  }
}

function optionIn(selects: Form['selects'], label: string) {
  return selects.flatMap(({ options }) => options).find((option) => option.label.startsWith(label))
}

export function csvFile(text: string, name = 'products.csv'): File {
  return new File([text], name)
}
