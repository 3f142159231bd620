import type { Numbers } from '../numbers.ts'
import { taskPage } from './task-page.ts'
import type { Rich } from './wizard.ts'

/** The page: its frame, its lists, a task. */
export const page = (n: Numbers) => ({
  tabs: { tasks: 'Tasks', workflows: 'Workflows', audit: 'Audit', api: 'API' },
  newTask: 'New task',
  skip: 'To the content',
  menu: 'Main menu',
  search: 'Search',
  searchTasks: 'Name, file, person or id',
  language: { other: '中文', label: '中文: switch to Chinese', value: 'zh-CN' },
  theme: {
    auto: 'Colours: as the system',
    light: 'Colours: light',
    dark: 'Colours: dark',
  },
  roles: { admin: 'admin', viewer: 'may only look' },
  signOut: 'Sign out',
  updated: 'Live',
  pausedLive: 'Not live',
  signIn: {
    title: 'Sign in',
    token: 'Token',
    tokenHint: 'Rowbot printed a link with it when it first started. “bun rowbot page” prints it again.',
    name: 'Your name',
    nameHint: 'Tasks and the audit name you by it.',
    submit: 'Sign in',
    wrong: 'That token is not the right one.',
    wait: (seconds: number) => `Too many wrong tokens. Try again in ${n.count(seconds)} s.`,
    needed: 'Sign in to go on.',
  },
  faults: {
    title: 'Something is not right',
    notFoundTitle: 'Nothing is here',
    notFound: 'There is no page at this address. The task may have been deleted.',
    toTasks: 'All tasks',
    back: 'Back',
    internal: 'Something went wrong that should not have. Nothing was lost.',
    internalHint: (id: string) => `Please try again. If it stays, say this to whoever runs Rowbot: ${id}`,
  },
  states: {
    pending: 'Pending',
    running: 'Running',
    paused: 'Paused',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Stopped',
  },
  list: {
    title: 'Tasks',
    all: 'All',
    states: 'States',
    workflow: 'Workflow',
    everyWorkflow: 'all workflows',
    filter: 'Filter',
    clear: 'Clear filters',
    none: 'No tasks yet',
    noneHint: 'Drop a workbook here, or mention Rowbot in Slack or Discord with a file attached.',
    noMatch: 'No task matches',
    noMatchHint: 'Try another word or another state.',
    pages: 'Pages',
    page: (page: number, pages: number) => `Page ${n.count(page)} of ${n.count(pages)}`,
    newer: 'Newer',
    older: 'Older',
    more: 'More',
    openThread: (platform: string) => `Open the thread in ${platform}`,
    started: <S>(when: S): Rich<S> => ['started ', when],
    leftOut: (rows: number) => `${n.count(rows)} left out`,
    settledOf: (settled: number, total: number) => `${n.count(settled)}/${n.count(total)}`,
    ratePerMinute: (rows: number) => `${n.rough(rows)}/min`,
    sparkline: 'Rows a minute over the last half hour',
    bar: (done: number, failed: number, cancelled: number, left: number) =>
      `${n.count(done)} done, ${n.count(failed)} failed, ${n.count(cancelled)} not run, ${n.count(left)} left`,
  },
  rowStates: {
    pending: 'Waiting',
    running: 'Running',
    succeeded: 'Done',
    failed: 'Failed',
    cancelled: 'Not run',
    'left out': 'Left out',
  },
  acts: {
    pause: 'Pause',
    resume: 'Resume',
    start: 'Start the rest',
    stop: 'Stop',
    retryFailed: (rows: number) => `Retry failed (${n.count(rows)})`,
    retryThese: (rows: number) => (rows === 1 ? 'Retry this 1' : `Retry these ${n.count(rows)}`),
    retryRow: 'Retry this row',
    delete: 'Delete',
    download: 'Download',
    downloadSoFar: 'Results so far',
    downloadCsv: 'Download as CSV',
    details: 'Details',
  },
  confirm: {
    stopTitle: (name: string) => `Stop ${name}?`,
    stop: (inFlight: number, left: number, stored: number) =>
      [
        inFlight > 0
          ? `${rows(n, inFlight)} at Dify ${inFlight === 1 ? 'is' : 'are'} stopped there; what was begun is paid.`
          : '',
        `${rows(n, left)} ${left === 1 ? 'is' : 'are'} not begun.`,
        stored === 1 ? '1 result is kept.' : `${n.count(stored)} results are kept.`,
        'Resume takes it up again.',
      ]
        .filter(Boolean)
        .join(' '),
    retryTitle: (name: string) => `Retry failed rows of ${name}?`,
    retry: (count: number) =>
      `${rows(n, count)} ${count === 1 ? 'runs' : 'run'} again, and each run is paid for again.`,
    deleteTitle: (name: string) => `Delete ${name}?`,
    delete: (total: number, results: number) =>
      `This deletes ${rows(n, total)}, ${results === 1 ? '1 result' : `${n.count(results)} results`} among them, and the log. It cannot be taken back. Download the results first if you need them.`,
    yesStop: 'Stop it',
    yesRetry: 'Run them again',
    yesDelete: 'Delete it',
    no: 'Keep it as it is',
  },
  task: taskPage(n),
  events: {
    'task.created': 'Created',
    'task.taken': 'A runner takes it',
    'task.released': 'Its runner leaves it to the next one',
    'task.rejoined': 'Goes on',
    'task.paused': 'Paused',
    'task.resumed': 'Resumed',
    'task.stopped': 'Stopped',
    'task.retried': 'Failed rows wait again',
    'task.completed': 'Completed',
    'task.failed': 'Stopped by a fault',
    'row.attempt': 'Attempt',
    'row.interrupted': 'Interrupted',
    'row.stopped': 'Stopped',
  } as Record<string, string>,
  keys: {
    title: 'Keys',
    search: 'search',
    next: 'next task or row',
    previous: 'previous task or row',
    open: 'open it',
    live: 'pause or resume live updates',
    theme: 'colours',
    new: 'new task',
    help: 'this help',
    close: 'Close',
  },
  /** `14:02`, `yesterday 14:02`, `3 Nov 14:02`, by the browser’s words for it where that is not said here */
  ago: {
    now: 'just now',
    minutes: (minutes: number) => `${n.count(minutes)} min ago`,
    hours: (hours: number) => `${n.count(hours)} h ago`,
    days: (days: number) => (days === 1 ? 'yesterday' : `${n.count(days)} days ago`),
  },
})

function rows(n: Numbers, count: number): string {
  return count === 1 ? '1 row' : `${n.count(count)} rows`
}
