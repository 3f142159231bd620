import { z } from 'zod'
import { textOfLines } from '../../../wizard/text.ts'
import type { Asker } from '../../../wizard/asker.ts'
import type { Wizard } from '../../../wizard/wizard.ts'
import type { UploadFile } from '../../../workbook/types.ts'

export interface Sending {
  file: UploadFile
  /** of the form that it was sent with: sent twice, it is the same sending */
  source: string | undefined
  workflowId: string | undefined
}

/** The draft that a file has become, or why it could not be read. */
export type Begun = { draftId: string; sentence?: undefined } | { sentence: string; draftId?: undefined }

/** So many sendings are known again; a double click is seconds apart. */
const KEPT = 200
const SOURCE = z.uuid()

/** Files that come in at the door: two clicks on “send” are one draft, and both are answered with it. */
export class Door {
  readonly #sendings = new Map<string, Promise<Begun | undefined>>()

  constructor(private readonly wizard: Wizard) {}

  /** Undefined: it was sent before, and what became of it is not known here. */
  begin(asker: Asker, { file, source, workflowId }: Sending): Promise<Begun | undefined> {
    const form = SOURCE.safeParse(source).data ?? crypto.randomUUID()
    // A page that is gone back to keeps its form: another file is another sending.
    const key = `web:${form}:${Bun.hash(file.bytes).toString(36)}:${workflowId ?? ''}`
    const known = this.#sendings.get(key)
    if (known) return known
    const begun = this.#begin(asker, { file, source: key, workflowId })
    this.#sendings.set(key, begun)
    const [oldest] = this.#sendings.keys()
    if (this.#sendings.size > KEPT && oldest !== undefined) this.#sendings.delete(oldest)
    return begun
  }

  async #begin(asker: Asker, { file, source, workflowId }: Sending & { source: string }) {
    const { wizard } = this
    const begun = await wizard.begin(asker, {
      name: file.name,
      source,
      ...(workflowId !== undefined && { workflowId }),
    })
    if (!begun) return undefined
    const { draftId } = begun
    try {
      const answer = await wizard.fill(draftId, file)
      const seen = await wizard.see(asker, draftId)
      if (seen?.sight || answer.kind !== 'show') return { draftId }
      return { sentence: textOfLines(answer.prompt.lines) }
    } catch (fault) {
      this.#sendings.delete(source)
      await wizard.fail(draftId, '') // nobody reads it: the fault has a page of its own
      throw fault
    }
  }
}
