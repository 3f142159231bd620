import type { Money } from '../../../engine/money.ts'
import type { Numbers } from '../numbers.ts'

/** Text that contains parts with a format of their own: names, headings, people. */
export type Rich<S> = (string | S)[]

/** What an encoding is for, by its label. */
const SCRIPTS: Record<string, string> = {
  gb18030: 'Chinese, simplified',
  big5: 'Chinese, traditional',
  shift_jis: 'Japanese',
  'euc-jp': 'Japanese',
  'euc-kr': 'Korean',
  'windows-1250': 'Central European',
  'windows-1251': 'Cyrillic',
  'windows-1252': 'Western European',
  'windows-1253': 'Greek',
  'windows-1254': 'Turkish',
  'windows-1255': 'Hebrew',
  'windows-1256': 'Arabic',
  'windows-1257': 'Baltic',
  'windows-1258': 'Vietnamese',
  'windows-874': 'Thai',
  'koi8-r': 'Cyrillic',
}

/** The four steps. Other languages must have the same keys: see texts.ts. */
/** What a task will probably take and cost, by the last ones. */
export interface Estimate {
  ms: number
  tokens: number | undefined
  price: Money | undefined
  /** how many tasks it goes by */
  runs: number
}

export const wizard = (n: Numbers) => ({
  step: (step: number, title: string) => `${step} of 4 · ${title}`,
  titles: {
    workflow: 'Which workflow?',
    check: 'Check the upload',
    columns: 'Which column feeds what?',
    reading: 'How is the file read?',
    parameters: 'Parameters',
    confirm: 'Start?',
  },
  buttons: {
    next: 'Next',
    back: 'Back',
    cancel: 'Cancel',
    template: 'Template',
    columns: 'Columns…',
    done: 'Done',
    byHeadings: 'By the headings',
    constant: 'One value for all rows…',
    reading: 'Reading…',
    extent: 'Headings and rows…',
    key: 'What names a row…',
    asFound: 'As Rowbot found it',
    corrected: 'Send a corrected file',
    otherFile: 'Send another file',
    addFiles: 'Add files',
    search: 'Search…',
    marked: 'Marked copy',
    runOthers: (rows: number) => (rows === 1 ? 'Run the other row' : `Run the other ${n.count(rows)}`),
    exact: 'Exact values…',
    start: 'Start',
    onlyNew: (rows: number, about: string) =>
      `Run ${n.count(rows)}${about === '' ? '' : ` (about ${about})`}`,
    runAll: (rows: number) => `Run all ${n.count(rows)}`,
    callEach: 'Call equal rows each',
    callOnce: 'Call equal rows once',
    takeAll: 'Take those results, run none',
  },
  selects: {
    workflow: 'Workflow',
    sheet: 'Sheet',
    input: 'Input',
    column: 'Column',
    concurrency: 'Rows at once',
    retries: 'Retries',
    timeout: 'Time limit of a row',
    equal: 'Rows that ask the same',
    more: 'More…',
    earlier: 'Earlier…',
    leaveEmpty: 'Leave it empty',
    columnWithoutHeading: (letter: string) => `Column ${letter}`,
  },
  reading: 'Reading the file…',
  files: {
    aRowEach: (files: number) => (files === 1 ? '1 file, 1 row' : `${n.count(files)} files, a row each`),
    reading: (files: number) => `Reading ${n.count(files)} files…`,
    noWorkflow: 'None of the workflows that you may run takes files. Send a sheet, or ask for one that does.',
  },
  rows: (rows: number) => `${n.count(rows)} ${rows === 1 ? 'row' : 'rows'}`,
  sheet: <S>(name: S): Rich<S> => ['sheet ', name],
  headingsIn: (row: number) => `headings in row ${n.count(row)}`,
  howRead: {
    headingsInTwo: (row: number) => `headings in rows ${n.count(row)} and ${n.count(row + 1)}`,
    toRow: (row: number) => `to row ${n.count(row)}`,
    onlyRows: (rows: string) => `only rows ${rows}`,
    namedBy: (columns: string) => `rows named by ${columns}`,
    onlyWhere: (conditions: string) => `only rows where ${conditions}`,
    visibleOnly: 'Only visible rows',
    sent: { shown: 'sent as shown', raw: 'raw values are sent' },
    onlyVisible: 'only visible rows',
    allRows: 'All rows',
    hiddenLabel: 'Rows',
    valuesLabel: 'What is sent for a cell',
    values: { shown: 'What the cell shows', raw: 'The value behind it' },
    valuesHint: { shown: '12.5% is sent as 12.5%', raw: '12.5% is sent as 0.125' },
    encoding: 'Encoding',
    whichEncoding: 'The file could be in any of these encodings. Its first lines in each:',
    groups: (row: number) =>
      `Row ${n.count(row)} looks like groups over these headings. To join them, as “Price / EUR”, begin at row ${n.count(row)} with 2 rows of headings.`,
    delimiter: 'Cells separated by',
    delimiters: { ',': 'Comma ,', ';': 'Semicolon ;', '\t': 'Tab', '|': 'Bar |' },
    scripts: SCRIPTS,
  },
  /** several workbooks were sent together */
  which: {
    title: 'Which file is the sheet?',
    label: 'Workbook',
    sent: (workbooks: number) =>
      `You have sent ${n.count(workbooks)} workbooks. Choose the one whose rows are to run; its cells may name the other files.`,
    rowEach: 'None: each file is a row',
  },
  fits: 'It is the one whose inputs match these columns.',
  choose: 'Choose the workflow that each row goes through.',
  /** of lists of workflows */
  pick: {
    comma: ', ',
    needs: (inputs: string) => `needs ${inputs}`,
    canUse: (inputs: string) => `can use ${inputs}`,
    noInputs: 'no inputs',
    sandbox: 'sandbox',
    groups: { fitting: 'Fits your columns', recent: 'Recent', all: 'All' },
    found: (count: number, typed: string) =>
      count === 1 ? `1 workflow matches “${typed}”.` : `${n.count(count)} workflows match “${typed}”.`,
    notFound: (typed: string) => `No workflow matches “${typed}”. All are shown.`,
    nothing: (typed: string) => `No workflow matches “${typed}”.`,
    searchLabel: 'Search',
    searchHint: 'Words of its name, description, kind, server or inputs',
    searchFormHint: 'Words of its name, description, kind or server. Empty: all',
    more: (count: number) => `… and ${n.count(count)} more. Type to find them.`,
  },
  inputs: <S>(required: S[], optional: S[]): Rich<S> => {
    if (required.length === 0 && optional.length === 0) return ['It takes no inputs.']
    const needs = required.length > 0 ? ['Needs ', ...listed(required)] : []
    const takes =
      optional.length > 0 ? [needs.length > 0 ? '; can use ' : 'Can use ', ...listed(optional)] : []
    return [...needs, ...takes, '.']
  },
  feed: (columns: number, inputs: number) =>
    columns === 0
      ? 'No column feeds an input'
      : `${columns} ${columns === 1 ? 'column feeds' : 'columns feed'} ${inputs} ${inputs === 1 ? 'input' : 'inputs'}`,
  notSent: <S>(headings: S[], more: number): Rich<S> => [
    ...listed(headings),
    more > 0 ? ` and ${more} more` : '',
    headings.length + more === 1 ? ' is kept in the result, not sent' : ' are kept in the result, not sent',
  ],
  unmapped: { required: '– (required)', optional: '– (optional)' },
  proposed: ' (suggested)',
  forAllRows: {
    given: ' (all rows)',
    lastTime: ' (all rows, as last time)',
    default: ' (the workflow’s own default)',
  },
  notAsLastTime: (label: string, value: string, why: 'column' | 'unfit' | 'gone') =>
    `${label}: “${value}” of last time is not used, as ${
      { column: 'a column may feed it', unfit: 'it no longer fits', gone: 'the input is gone' }[why]
    }.`,
  proposals: 'The suggested columns are filled in: ',
  acceptThem: ' accepts them.',
  losesAnswers: (version: string) =>
    `This workflow may wait for a person’s answer, and Dify ${version} may lose answers: a row can end as stopped after it was answered. Update Dify before you run many rows.`,
  remembered: 'The columns are mapped as you chose last time.',
  row: 'row',
  cannotRun: (rows: number) =>
    rows === 1 ? '1 row cannot run as it is' : `${n.count(rows)} rows cannot run as they are`,
  nothingRuns: 'No row of this sheet can run as it is',
  allRun: (rows: number) => (rows === 1 ? 'The row can run.' : `All ${n.count(rows)} rows can run.`),
  chooseFirst: 'Please choose before anything runs',
  worthKnowing: 'Worth knowing',
  cells: (cells: string[], count: number) =>
    count > cells.length ? `${cells.join(', ')} and ${n.count(count - cells.length)} more` : cells.join(', '),
  rowsNamed: (rows: string[], count: number) =>
    `${count === 1 ? 'Row' : 'Rows'} ${count > rows.length ? `${rows.join(', ')} and ${n.count(count - rows.length)} more` : rows.join(', ')}`,
  /** the way to it: `choose the column: Columns…` */
  way: (hint: string) => `${hint.replace(/\.$/, '')}: `,
  fault: (cells: string, message: string, hint: string | undefined) =>
    [...(cells === '' ? [] : [`${cells}:`]), message, ...(hint === undefined ? [] : [hint])].join(' '),
  moreNotes: (kinds: number) => `… and ${n.count(kinds)} more.`,
  moreFaults: (kinds: number) =>
    `… and ${n.count(kinds)} more ${kinds === 1 ? 'kind' : 'kinds'} of fault. The result lists every one.`,
  columnsHelp: 'Choose an input, then the column that feeds it.',
  atOnce: (rows: number) => `${n.count(rows)} at once`,
  retries: (times: number) =>
    times === 0 ? 'No retries' : `${n.count(times)} ${times === 1 ? 'retry' : 'retries'}`,
  aRow: (ms: number) => `${n.duration(ms)} a row`,
  /** rows that send the same as another one */
  equal: {
    once: (rows: number) =>
      rows === 1
        ? '1 row asks the same as another: called once.'
        : `${n.count(rows)} rows ask the same as another: called once.`,
    each: (rows: number) =>
      rows === 1
        ? '1 row asks the same as another; each is called.'
        : `${n.count(rows)} rows ask the same as another; each is called.`,
    options: { once: 'Equal rows: called once', each: 'Equal rows: each called' },
  },
  /** an earlier task with the same headings */
  seen: {
    rows: (
      at: number,
      { unchanged, changed, fresh }: { unchanged: number; changed: number; fresh: number },
    ) =>
      `Seen on ${n.day(at)}: ${[
        `${n.count(unchanged)} ${unchanged === 1 ? 'row' : 'rows'} unchanged`,
        `${n.count(changed)} changed`,
        `${n.count(fresh)} new`,
      ].join(', ')}.`,
    older: (at: number) =>
      `Seen on ${n.day(at)}, but the workflow has been published anew since: all rows are new.`,
    noVersion: 'Dify does not say whether this app has been changed since.',
    carried: (rows: number, at: number) =>
      rows === 1
        ? `1 row has its result from ${n.day(at)} and is not called.`
        : `${n.count(rows)} rows have their results from ${n.day(at)} and are not called.`,
  },
  usualOption: (option: string) => `${option} (usual)`,
  name: <S>(name: S): Rich<S> => ['Name ', name],
  whatRuns: <S>(workflow: S, rows: number, sheet: S): Rich<S> => [
    workflow,
    rows === 1 ? ' on the 1 row of ' : ` on ${n.count(rows)} rows of `,
    sheet,
  ],
  leftOut: (rows: number) =>
    rows === 1
      ? '1 row is left out; the result says why.'
      : `${n.count(rows)} rows are left out; the result says why.`,
  estimate: ({ ms, tokens, price, runs }: Estimate) => {
    const parts = [
      n.roughDuration(ms),
      ...(tokens === undefined ? [] : [`${n.count(tokens)} tokens`]),
      ...(price === undefined ? [] : [n.price(price.nano, price.currency)]),
    ]
    const all = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
    const by = runs === 1 ? 'the last run' : `the last ${n.count(runs)} runs`
    return `About ${all}, going by ${by} of this workflow.`
  },
  /** the estimate is above the limit */
  pausesAfter: (rows: number) =>
    `That is more than its limit: it will pause after about ${rows === 1 ? '1 row' : `${n.count(rows)} rows`}.`,
  noEstimate: 'No estimate yet: try a row first.',
  neverFound:
    'This app is a text generator: Dify keeps no answer that Rowbot could look up. After a break, calls in flight are made, and paid, again. A workflow app avoids that.',
  starting: 'Starting…',
  /** a value that the workflow gives, and its owner may change */
  ofWorkflow: (line: string) => `${line} (the workflow’s own limit)`,
  forms: {
    exact: 'Exact values',
    name: 'Name of the task',
    concurrency: 'Rows at once',
    retries: 'Retries',
    timeout: 'Time limit of a row, in seconds',
    limit: 'At most',
    limitHint: '5 USD, or 200k tokens; then it pauses. Empty: no limit.',
    limitWrong:
      'An amount and its currency, such as 5 USD, or a number of tokens, such as 200k tokens, please.',
    range: (min: number, max: number) => `${n.count(min)} to ${n.count(max)}`,
    wholeNumber: (min: number, max: number) =>
      `A whole number from ${n.count(min)} to ${n.count(max)}, please.`,
    nameMissing: 'A task needs a name.',
    nameTooLong: (max: number) => `At most ${n.count(max)} characters.`,
    columnGone: 'That column no longer exists. Choose another one.',
    columnOrValue: 'The column feeds it already. Leave one of both empty.',
    constant: {
      title: 'One value for all rows',
      hint: 'Sent with every row. Empty: no such value.',
      hintWithDefault: (own: string) => `Sent with every row. Empty: ${own}, the workflow’s own default.`,
      options: (all: string) => `One of ${all}. Empty: no such value.`,
      choose: 'Sent with every row.',
      none: '– (no value for all rows)',
      ownDefault: (own: string) => `– (the workflow’s own default: ${own})`,
      file: 'A link, or the name of a file that came along. Empty: no such value.',
      link: 'A link: it takes no other files. Empty: no such value.',
      upload: (isOne: boolean): string => (isOne ? 'Or upload the file' : 'And upload files'),
      /** @param types of files that the input takes, with commas between; empty: it takes files of any type */
      uploadHint: (isOne: boolean, types: string) =>
        [
          types === '' ? '' : `It takes: ${types}.`,
          isOne ? 'Replaces what is written above.' : '',
          'For this batch only.',
        ]
          .filter(Boolean)
          .join(' '),
    },
    extent: {
      title: 'Headings and rows',
      labels: {
        row: 'Heading row',
        headingRows: 'Rows of headings',
        lastRow: 'Last row of the table',
        only: 'Only these rows',
        where: 'Only rows where',
      },
      hints: {
        row: 'Its number in the sheet',
        headingRows: '1, or 2 for headings such as “Price / EUR”',
        lastRow: 'Empty: found automatically',
        only: 'Such as 3-40, 88. Empty: all rows',
        where: 'Such as Status=; Tone!=formal. Nothing after = is an empty cell',
      },
      endsAbove: 'The table must end below its headings.',
      notRows: 'Row numbers of the sheet, please, such as 3-40, 88.',
      noColumn: 'No column, or more than one, has that heading.',
      noCondition: 'A heading, = or !=, and a value, please, such as Tone=formal.',
    },
    key: {
      title: 'What names a row',
      label: 'Columns that name a row',
      hint: 'Headings or letters, such as SKU, Country. Empty: found automatically',
    },
    search: 'Find a workflow',
    file: 'Send a file',
    fileLabel: 'Workbook (Excel, .ods or .csv)',
    filesLabel: 'Workbook, files or ZIP',
    moreFiles: 'Add files',
    moreFilesLabel: 'Files, or a ZIP of them',
    fileMissing: 'Choose a file.',
    save: 'Save',
    send: 'Send',
    newBatch: 'New batch',
  },
  ended: {
    started: 'This has already become a task.',
    cancelled: 'Cancelled. Nothing was run.',
    expired: 'This was closed after a day without an answer. Send the file again to start over.',
    interrupted: 'I was restarted while fetching the file. Please send it again.',
  },
  private: {
    stale: 'That step is already done; the buttons below are the current ones.',
    notYours: (name: string) =>
      `This batch is ${name}’s. Start your own by sending a file and mentioning me.`,
    unknown: 'This button no longer works. Send the file again to start over.',
    noWorkflows:
      'No workflow is set up yet. The person who runs Rowbot can add one on its page or with “rowbot workflow add”.',
    noneForYou: 'There is no workflow here that you may use. Ask the person who runs Rowbot for access.',
    notForYou: (workflow: string) =>
      `You may not use “${workflow}” here. Ask the person who runs Rowbot for access.`,
    workflowGone: 'That workflow no longer exists. Choose another one.',
    stillReading: 'That upload is still being read. Send these files again as soon as its check is shown.',
    cannotWrite: 'I cannot write in that channel. Invite me there, or send the file to me directly.',
    chooseFirst: 'Choose a workflow first.',
    fault: (id: string) =>
      `Something unexpected went wrong. Nothing was lost; please try again. If it happens again, give this id to the person who runs Rowbot: ${id}`,
  },
  templateFor: (workflow: string) => `A workbook to fill in for ${workflow}.`,
  markedCopy: (file: string) => `${file} with the faults marked.`,
})

function listed<S>(items: S[]): Rich<S> {
  return items.flatMap((item, i) => (i === 0 ? [item] : [', ', item]))
}
