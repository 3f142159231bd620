import type { Numbers } from '../numbers.ts'

/** A new task on the page: texts that the wizard’s own do not cover. */
export const newTask = (n: Numbers) => ({
  title: 'New task',
  steps: {
    label: 'Steps',
    names: { workflow: 'Workflow', check: 'Check', parameters: 'Parameters', confirm: 'Start' },
    done: 'done',
  },
  entry: {
    lead: 'Each row of a workbook goes through a Dify workflow, and comes back with its outputs. Nothing runs before you have seen what was read.',
    drop: 'Drop a workbook, and the files that its cells name',
    or: 'or only files, one row each. Click to choose.',
    accepts: (megabytes: number, rows: number, columns: number) =>
      `Excel (.xlsx, .xlsm, .xls, .xlsb), .ods or .csv, up to ${n.rough(megabytes)} MB, ${n.count(rows)} rows and ${n.count(columns)} columns`,
    upTo: (workbook: number, files: number) =>
      `A workbook up to ${n.rough(workbook)} MB, other files up to ${n.rough(files)} MB together`,
    workbookTooLarge: (megabytes: number) =>
      `larger than ${n.rough(megabytes)} MB, the limit for a workbook. Nothing was sent.`,
    filesTooLarge: (megabytes: number) =>
      `The files are larger than ${n.rough(megabytes)} MB together, which is the limit. Nothing was sent.`,
    send: 'Send',
    sending: 'Sending and reading…',
    notArrived: 'The upload did not arrive. Please choose the file again.',
    dropped: 'Being sent',
    workflow: 'Workflow',
    fitting: 'The one that fits the columns',
    only: (workflow: string) => `Rows go through ${workflow}.`,
    templates: 'Templates to fill in',
    templatesHint: 'A workbook with the right headings, drop-downs and a guide, for each workflow.',
    noWorkflow:
      'Rowbot needs a workflow first: the API key of a Dify app. Add one, then come back with your file.',
    addWorkflow: 'Add a workflow',
    viewer: 'You may look at tasks, but not start one. Sign in with the admin token to start a task.',
    sentBefore: 'This file was already sent. If it is not among the tasks, send it again.',
  },
  startedBy: (name: string) => `${name} started this one.`,
  choose: 'Choose',
  startAgain: 'Start over',
  openTask: 'Open the task',
  refresh: 'Refresh',
  notFound: 'There is no such draft here.',
  notFoundHint: 'It may have ended long ago, or belong to a chat.',
  dropCorrected: 'Drop the corrected file here, or click',
  dropFiles: 'Drop the files that the cells name here, too, or click',
  dropMoreFiles: 'Drop more files here, or click: each is a row',
  dropOther: 'Drop another file here, or click',
  check: {
    came: (files: number) => (files === 1 ? '1 file came along' : `${n.count(files)} files came along`),
    listed: (files: number) =>
      files === 1 ? '1 file, a row of its own' : `${n.count(files)} files, a row each`,
    reading: 'How the file was read',
    sheet: 'Sheet',
    faults: 'To fix',
    preview: (rows: number) => (rows === 1 ? 'The first row' : `The first ${n.count(rows)} rows`),
    feeds: 'feeds',
    notSent: 'kept, not sent',
    fault: 'fault',
    leftEmpty: 'Left empty:',
  },
  columns: {
    help: 'Choose the column that feeds each input, or give one value for all rows.',
    constant: 'or one value for all rows',
    input: 'Input',
    column: 'Column',
    required: 'required',
    optional: 'optional',
  },
  confirm: {
    tryHint: 'The rows that are tried run and the others wait: you see outputs and prices before you go on.',
  },
})
