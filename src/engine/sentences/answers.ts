/** Answering what a run of Dify asks a person. */
export const ANSWERS = {
  'question-not-there': () => 'This question is not there any more.',
  'do-task-may-be-deleted': () => 'Its task may have been deleted.',
  'sandbox-elsewhere': () =>
    'The built-in sandbox is in the process that runs the task, so its rows can only be answered there.',
  'do-answer-there': () => 'Answer on the page of that process.',
  'only-in-dify': () => 'This question can only be answered in Dify.',
  'do-open-run': () => 'Open the workflow’s run there.',
  'row-does-not-wait': ({ row }: { row: number }) => `Row ${row} does not wait for this answer now.`,
  'do-it-went-on': () => 'Its task was stopped, or the row has just gone on.',
  'cannot-be-answered': () => 'Dify cannot be answered.',
  'answered-in-dify': ({ row }: { row: number }) => `Row ${row} was answered in Dify already.`,
  'answered-by': ({ person, row, answer }: { person: string; row: number; answer: string }) =>
    `${person} has answered row ${row} already: ${answer}.`,
  'do-nothing-was-changed': () => 'Nothing was changed. The row goes on with that answer.',
  'answer-refused': ({ error }: { error: string }) => `Dify did not take the answer: ${error}`,
  'do-change-and-send': () => 'Change it and send it again.',
  'answer-too-late': ({ row }: { row: number }) =>
    `Row ${row} cannot be answered any more: its time is up, or Dify does not have the question.`,
  'do-dify-is-asked': () => 'Rowbot asks Dify what became of the run.',
  'answer-not-sent': ({ error }: { error: string }) => `The answer could not be sent: ${error}`,
  'do-try-in-a-moment': () => 'Try again in a moment.',
  'answer-unconfirmed': ({ row, error }: { row: number; error: string }) =>
    `Dify has not confirmed the answer for row ${row}: ${error}`,
  'do-it-is-found-out': () => 'Rowbot finds out whether it has arrived, and asks again if not.',
  'time-is-up': ({ row }: { row: number }) => `Row ${row} cannot be answered any more: its time is up.`,
  'do-retry-row': () => 'Retry the row.',
  'button-gone': () => 'There is no such button any more.',
  'no-such-button': ({ button }: { button: string }) => `There is no button “${button}”.`,
  'do-choose-of': ({ choices }: { choices: string[] }) => `There are ${choices.join(', ')}.`,
  'form-without-fields': () => 'It has no fields.',
  'do-fields-are': ({ fields }: { fields: string[] }) => `Its fields are ${fields.join(', ')}.`,
  'no-such-field': ({ names }: { names: string[] }) =>
    `There is no field ${names.map((name) => `“${name}”`).join(', ')}.`,
  'field-must-be-text': ({ field }: { field: string }) => `“${field}” must be a text.`,
  'field-must-be-one-of': ({ field, choices }: { field: string; choices: string[] }) =>
    `“${field}” must be one of ${choices.join(', ')}.`,
  'field-asks-for-file': ({ field }: { field: string }) =>
    `“${field}” asks for a file, which can only be given in Dify.`,
} as const
