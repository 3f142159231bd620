import type { Asker } from '../wizard/wizard.ts'
import type { Form, Prompt } from '../wizard/prompt.ts'
import type { UploadFile } from '../workbook/types.ts'

/** A file that a person sent. */
export interface Sending {
  /** as the person named it */
  name: string
  /** the same for every event of one sending, such as `channel:ts:file id` */
  source: string
  /** @throws UserError where it cannot be had; its sentence is shown */
  download(): Promise<UploadFile>
}

/** What a listener has at hand to open a dialog with, within the platform's 3 s. */
export type OpenForm = (form: Form) => Promise<void>

/**
 * What listeners call, once they have acknowledged (or, where opensForm(id), before): it asks the wizard or the engine
 * and shows the answer through the Chat. A listener decodes and calls; it decides nothing.
 */
export interface Desk {
  receive(asker: Asker, sending: Sending): Promise<void>
  /** A button or a select, with the values of a select. */
  click(asker: Asker, id: string, values: string[], openForm: OpenForm): Promise<void>
  /**
   * A dialog was sent off. The promise is quick: with `errors` by field id the dialog stays open. `done` may take long
   * and never rejects.
   */
  submit(
    asker: Asker,
    id: string,
    values: Record<string, string>,
    sending?: Sending,
  ): Promise<{ errors?: Record<string, string>; done: Promise<void> }>
  /** `/batch <verb> <argument>`: answered privately, or with a file or a form. */
  command(asker: Asker, verb: string, argument: string, openForm: OpenForm): Promise<void>
  /** A person's tasks, for a home tab. */
  home(asker: Asker): Promise<Prompt>
}
