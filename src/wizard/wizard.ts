import type { UploadFile } from '../workbook/types.ts'
import type { Answer, Submitted } from './answer.ts'
import type { MessageRef, Person, Place } from './people.ts'
import type { Prompt } from './prompt.ts'

/** Who asks, where, and in which language (`en-US`, `zh-CN`, …: words/ picks the nearest it has). */
export interface Asker {
  person: Person
  place: Place
  locale: string
}

/** The four steps, whichever face shows them. Everything is in the database: a restart loses nothing. */
export interface Wizard {
  /**
   * A person sends a file: what to show while it is fetched and read. Undefined: this one is known already.
   * @param source names the sending, so that several events of one file open one wizard
   */
  begin(
    asker: Asker,
    file: { name: string; source: string },
  ): Promise<{ draftId: string; prompt: Prompt } | undefined>
  /** Where the draft's prompts stand. */
  placed(draftId: string, message: MessageRef): Promise<void>
  /** The file is here. Its sentence where it cannot be read; never throws UserError. */
  fill(draftId: string, file: UploadFile): Promise<Answer>
  /** It could not be fetched: the draft ends with this sentence. */
  fail(draftId: string, sentence: string): Promise<Answer>
  /** A button or select of a draft. `values`: of a select, the chosen value. */
  click(asker: Asker, id: string, values: string[]): Promise<Answer>
  /** A form of a draft. `values` by field id; `file` where it has a field for one. */
  submit(asker: Asker, id: string, values: Record<string, string>, file?: UploadFile): Promise<Submitted>
  /** Where the draft's message is, to put a Prompt there. */
  messageOf(draftId: string): Promise<MessageRef | undefined>
}
