import type { Numbers } from '../numbers.ts'

/** `/batch` and its answers. */
export const commands = (n: Numbers) => ({
  list: 'Your tasks',
  listHere: 'Others’ tasks in this channel',
  listOthers: 'Others’ tasks',
  noneOpen: 'None of them runs or waits now.',
  waits: 'Waiting for you',
  recent: 'Recent results',
  firstSteps: 'First steps',
  /** for somebody who has no task yet: three lines */
  steps: [
    '1. Send me a workbook in the Messages tab, press New batch, or mention me in a channel with it attached.',
    '2. I ask four questions: which workflow, is the upload right, how to run it, start?',
    '3. The workbook comes back filled in. Type /batch help for everything else.',
  ],
  none: 'No tasks yet. Send me a workbook or files, or mention me with them attached.',
  resultWaits: <S>(name: S, command: S): (string | S)[] => [
    'The result of ',
    name,
    ' waits for you: it could be posted nowhere. ',
    command,
    ' sends it here.',
  ],
  haltWaits: <S>(name: S, command: S): (string | S)[] => [name, ' has stopped and needs you: ', command],
  more: <S>(tasks: number, page: S | undefined): (string | S)[] =>
    page === undefined ? [`… and ${n.count(tasks)} more`] : [`… and ${n.count(tasks)} more on `, page],
  hello: 'I run a workflow of Dify on every row of a workbook, and send the workbook back filled in.',
  helloNow:
    'To begin, send me a workbook (.xlsx, .xls, .ods or .csv) in a direct message, or mention me in a channel with one attached.',
  helloCommands: 'Commands: ',
  help: 'How to run a workflow on every row',
  helpLines: [
    'Send me a workbook (.xlsx, .xls, .ods) or a .csv file, or mention me with one attached. I ask four questions, run the workflow you choose on every row, and send the workbook back filled in.',
    'Files that the cells name go into the same message, also as a ZIP. Files without a workbook become a table with a row each.',
  ],
  verbs: {
    new: 'start with a file',
    list: 'your tasks',
    status: 'show a task’s progress',
    pause: 'start no further rows',
    resume: 'continue a paused or stopped task',
    stop: 'end a task now; its results are kept',
    retry: 'run its failed rows again',
    results: 'send its results again',
    template: 'a workbook to fill in for a workflow',
    help: 'this',
  },
  arguments: { task: 'task', workflow: 'workflow', file: 'Another file, which comes along' },
  whichTask: (verb: string) =>
    `Which task? Say “${verb}” and its id, such as “${verb} k7f2”. “list” shows the ids.`,
  whichWorkflow: (names: string[]) =>
    `Which workflow? There are ${names.map((name) => `“${name}”`).join(', ')}.`,
  unknownVerb: (said: string) =>
    `I do not know “${said}”. Send me a workbook, or mention me with one attached, and I run a workflow on every row of it. “help” lists the commands.`,
  unknownWorkflow: (name: string) => `There is no workflow “${name}” that you may use here.`,
})
