import { ENGLISH_UNITS } from '../../engine/duration.ts'
import { accessPage as enAccessPage } from './en/access-page.ts'
import { dataPage as enDataPage } from './en/data-page.ts'
import { auditPage as enAuditPage } from './en/audit-page.ts'
import { commands as enCommands } from './en/commands.ts'
import { files as enFiles } from './en/files.ts'
import { largeFiles as enLargeFiles } from './en/large-files.ts'
import { newTask as enNewTask } from './en/new-task.ts'
import { notify as enNotify } from './en/notify.ts'
import { page as enPage } from './en/page.ts'
import { questions as enQuestions } from './en/questions.ts'
import { review as enReview } from './en/review.ts'
import { tasks as enTasks } from './en/tasks.ts'
import { comparison as enComparison } from './en/comparison.ts'
import { setup as enSetup } from './en/setup.ts'
import { trial as enTrial } from './en/trial.ts'
import { usage as enUsage } from './en/usage.ts'
import { wizard as enWizard } from './en/wizard.ts'
import { workflowImport as enWorkflowImport } from './en/workflow-import.ts'
import { workflowPage as enWorkflowPage } from './en/workflow-page.ts'
import { workflowsPage as enWorkflowsPage } from './en/workflows-page.ts'
import { inEnglish, type Sentence, sentenceIn } from '../../engine/sentence.ts'
import { sentencesActs as zhSentencesActs } from './zh/sentences-acts.ts'
import { sentencesAnswers as zhSentencesAnswers } from './zh/sentences-answers.ts'
import { sentencesAppChanges as zhSentencesAppChanges } from './zh/sentences-app-changes.ts'
import { sentencesApps as zhSentencesApps } from './zh/sentences-apps.ts'
import { sentencesConnection as zhSentencesConnection } from './zh/sentences-connection.ts'
import { sentencesDify as zhSentencesDify } from './zh/sentences-dify.ts'
import { sentencesFields as zhSentencesFields } from './zh/sentences-fields.ts'
import { sentencesFiles as zhSentencesFiles } from './zh/sentences-files.ts'
import { sentencesIntake as zhSentencesIntake } from './zh/sentences-intake.ts'
import { sentencesNotices as zhSentencesNotices } from './zh/sentences-notices.ts'
import { sentencesRequests as zhSentencesRequests } from './zh/sentences-requests.ts'
import { sentencesRuns as zhSentencesRuns } from './zh/sentences-runs.ts'
import { sentencesWorkbook as zhSentencesWorkbook } from './zh/sentences-workbook.ts'
import { sentencesActs as twSentencesActs } from './zh-tw/sentences-acts.ts'
import { sentencesAnswers as twSentencesAnswers } from './zh-tw/sentences-answers.ts'
import { sentencesAppChanges as twSentencesAppChanges } from './zh-tw/sentences-app-changes.ts'
import { sentencesApps as twSentencesApps } from './zh-tw/sentences-apps.ts'
import { sentencesConnection as twSentencesConnection } from './zh-tw/sentences-connection.ts'
import { sentencesDify as twSentencesDify } from './zh-tw/sentences-dify.ts'
import { sentencesFields as twSentencesFields } from './zh-tw/sentences-fields.ts'
import { sentencesFiles as twSentencesFiles } from './zh-tw/sentences-files.ts'
import { sentencesIntake as twSentencesIntake } from './zh-tw/sentences-intake.ts'
import { sentencesNotices as twSentencesNotices } from './zh-tw/sentences-notices.ts'
import { sentencesRequests as twSentencesRequests } from './zh-tw/sentences-requests.ts'
import { sentencesRuns as twSentencesRuns } from './zh-tw/sentences-runs.ts'
import { sentencesWorkbook as twSentencesWorkbook } from './zh-tw/sentences-workbook.ts'
import { type Numbers, numbersOf } from './numbers.ts'
import { accessPage as zhAccessPage } from './zh/access-page.ts'
import { dataPage as zhDataPage } from './zh/data-page.ts'
import { auditPage as zhAuditPage } from './zh/audit-page.ts'
import { commands as zhCommands } from './zh/commands.ts'
import { faults as zhFaults, type FaultSentences } from './zh/faults.ts'
import { files as zhFiles } from './zh/files.ts'
import { largeFiles as zhLargeFiles } from './zh/large-files.ts'
import { newTask as zhNewTask } from './zh/new-task.ts'
import { notify as zhNotify } from './zh/notify.ts'
import { page as zhPage } from './zh/page.ts'
import { questions as zhQuestions } from './zh/questions.ts'
import { review as zhReview } from './zh/review.ts'
import { tasks as zhTasks } from './zh/tasks.ts'
import { comparison as zhComparison } from './zh/comparison.ts'
import { setup as zhSetup } from './zh/setup.ts'
import { trial as zhTrial } from './zh/trial.ts'
import { usage as zhUsage } from './zh/usage.ts'
import { wizard as zhWizard } from './zh/wizard.ts'
import { workflowImport as zhWorkflowImport } from './zh/workflow-import.ts'
import { workflowPage as zhWorkflowPage } from './zh/workflow-page.ts'
import { workflowsPage as zhWorkflowsPage } from './zh/workflows-page.ts'
import { accessPage as twAccessPage } from './zh-tw/access-page.ts'
import { dataPage as twDataPage } from './zh-tw/data-page.ts'
import { auditPage as twAuditPage } from './zh-tw/audit-page.ts'
import { commands as twCommands } from './zh-tw/commands.ts'
import { faults as twFaults } from './zh-tw/faults.ts'
import { files as twFiles } from './zh-tw/files.ts'
import { largeFiles as twLargeFiles } from './zh-tw/large-files.ts'
import { newTask as twNewTask } from './zh-tw/new-task.ts'
import { notify as twNotify } from './zh-tw/notify.ts'
import { page as twPage } from './zh-tw/page.ts'
import { questions as twQuestions } from './zh-tw/questions.ts'
import { review as twReview } from './zh-tw/review.ts'
import { tasks as twTasks } from './zh-tw/tasks.ts'
import { comparison as twComparison } from './zh-tw/comparison.ts'
import { setup as twSetup } from './zh-tw/setup.ts'
import { trial as twTrial } from './zh-tw/trial.ts'
import { usage as twUsage } from './zh-tw/usage.ts'
import { wizard as twWizard } from './zh-tw/wizard.ts'
import { workflowImport as twWorkflowImport } from './zh-tw/workflow-import.ts'
import { workflowPage as twWorkflowPage } from './zh-tw/workflow-page.ts'
import { workflowsPage as twWorkflowsPage } from './zh-tw/workflows-page.ts'

export const LOCALES = ['en', 'zh-CN', 'zh-TW'] as const
export type Locale = (typeof LOCALES)[number]

/** All texts of chats and the page in one language. A language that lacks one of English’s keys does not compile. */
export interface Texts {
  locale: Locale
  numbers: Numbers
  wizard: ReturnType<typeof enWizard>
  tasks: ReturnType<typeof enTasks>
  questions: ReturnType<typeof enQuestions>
  review: ReturnType<typeof enReview>
  setup: ReturnType<typeof enSetup>
  trial: ReturnType<typeof enTrial>
  notify: ReturnType<typeof enNotify>
  comparison: ReturnType<typeof enComparison>
  commands: ReturnType<typeof enCommands>
  page: ReturnType<typeof enPage>
  /** these are the IntakeWords of whoever sends files */
  files: ReturnType<typeof enFiles>
  largeFiles: ReturnType<typeof enLargeFiles>
  newTask: ReturnType<typeof enNewTask>
  workflowsPage: ReturnType<typeof enWorkflowsPage>
  workflowImport: ReturnType<typeof enWorkflowImport>
  workflowPage: ReturnType<typeof enWorkflowPage>
  accessPage: ReturnType<typeof enAccessPage>
  dataPage: ReturnType<typeof enDataPage>
  auditPage: ReturnType<typeof enAuditPage>
  usage: ReturnType<typeof enUsage>
  /** the workbook’s messages in this language; undefined: the workbook’s own, in English */
  faults: FaultSentences | undefined
  /** what went wrong, in this language */
  say: (sentence: Sentence) => string
}

/**
 * The nearest language that we have: `zh-TW`, `zh-Hant`, `zh-HK` → zh-TW, all other Chinese → zh-CN, anything else → en.
 * A script counts for more than a region: `zh-Hans-HK` → zh-CN.
 */
export function pickLocale(tag: string): Locale {
  const [language, ...rest] = tag.toLowerCase().split(/[-_.]/)
  if (language !== 'zh') return 'en'
  if (rest.includes('hans')) return 'zh-CN'
  return rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-TW' : 'zh-CN'
}

export function textsFor(tag: string): Texts {
  return TEXTS[pickLocale(tag)]
}

const EN_NUMBERS = numbersOf('en', ENGLISH_UNITS)
const ZH_NUMBERS = numbersOf('zh-CN', {
  second: ' 秒',
  minute: ' 分钟',
  minuteAnd: ' 分',
  hour: ' 小时',
  hourAnd: ' 小时',
})
const TW_NUMBERS = numbersOf('zh-TW', {
  second: ' 秒',
  minute: ' 分鐘',
  minuteAnd: ' 分',
  hour: ' 小時',
  hourAnd: ' 小時',
})

/** Exported for tests: `say` of the texts uses them. */
export const ZH_SENTENCES = {
  ...zhSentencesActs(),
  ...zhSentencesAnswers(),
  ...zhSentencesAppChanges(ZH_NUMBERS),
  ...zhSentencesApps(),
  ...zhSentencesConnection(),
  ...zhSentencesDify(ZH_NUMBERS),
  ...zhSentencesFields(ZH_NUMBERS),
  ...zhSentencesFiles(),
  ...zhSentencesIntake(ZH_NUMBERS),
  ...zhSentencesNotices(),
  ...zhSentencesRequests(),
  ...zhSentencesRuns(ZH_NUMBERS),
  ...zhSentencesWorkbook(),
}
export const TW_SENTENCES = {
  ...twSentencesActs(),
  ...twSentencesAnswers(),
  ...twSentencesAppChanges(TW_NUMBERS),
  ...twSentencesApps(),
  ...twSentencesConnection(),
  ...twSentencesDify(TW_NUMBERS),
  ...twSentencesFields(TW_NUMBERS),
  ...twSentencesFiles(),
  ...twSentencesIntake(TW_NUMBERS),
  ...twSentencesNotices(),
  ...twSentencesRequests(),
  ...twSentencesRuns(TW_NUMBERS),
  ...twSentencesWorkbook(),
}

const TEXTS: Record<Locale, Texts> = {
  en: {
    locale: 'en',
    numbers: EN_NUMBERS,
    wizard: enWizard(EN_NUMBERS),
    tasks: enTasks(EN_NUMBERS),
    questions: enQuestions(EN_NUMBERS),
    review: enReview(EN_NUMBERS),
    setup: enSetup(),
    trial: enTrial(EN_NUMBERS),
    notify: enNotify(EN_NUMBERS),
    comparison: enComparison(EN_NUMBERS),
    commands: enCommands(EN_NUMBERS),
    page: enPage(EN_NUMBERS),
    files: enFiles(EN_NUMBERS),
    largeFiles: enLargeFiles(EN_NUMBERS),
    newTask: enNewTask(EN_NUMBERS),
    workflowsPage: enWorkflowsPage(EN_NUMBERS),
    workflowImport: enWorkflowImport(EN_NUMBERS),
    workflowPage: enWorkflowPage(EN_NUMBERS),
    accessPage: enAccessPage(),
    dataPage: enDataPage(EN_NUMBERS),
    auditPage: enAuditPage(EN_NUMBERS),
    usage: enUsage(EN_NUMBERS),
    faults: undefined,
    say: inEnglish,
  },
  'zh-CN': {
    locale: 'zh-CN',
    numbers: ZH_NUMBERS,
    wizard: zhWizard(ZH_NUMBERS),
    tasks: zhTasks(ZH_NUMBERS),
    questions: zhQuestions(ZH_NUMBERS),
    review: zhReview(ZH_NUMBERS),
    setup: zhSetup(),
    trial: zhTrial(ZH_NUMBERS),
    notify: zhNotify(ZH_NUMBERS),
    comparison: zhComparison(ZH_NUMBERS),
    commands: zhCommands(ZH_NUMBERS),
    page: zhPage(ZH_NUMBERS),
    files: zhFiles(ZH_NUMBERS),
    largeFiles: zhLargeFiles(ZH_NUMBERS),
    newTask: zhNewTask(ZH_NUMBERS),
    workflowsPage: zhWorkflowsPage(ZH_NUMBERS),
    workflowImport: zhWorkflowImport(ZH_NUMBERS),
    workflowPage: zhWorkflowPage(ZH_NUMBERS),
    accessPage: zhAccessPage(),
    dataPage: zhDataPage(ZH_NUMBERS),
    auditPage: zhAuditPage(ZH_NUMBERS),
    usage: zhUsage(ZH_NUMBERS),
    faults: zhFaults(ZH_NUMBERS),
    say: (sentence) => sentenceIn(ZH_SENTENCES, sentence),
  },
  'zh-TW': {
    locale: 'zh-TW',
    numbers: TW_NUMBERS,
    wizard: twWizard(TW_NUMBERS),
    tasks: twTasks(TW_NUMBERS),
    questions: twQuestions(TW_NUMBERS),
    review: twReview(TW_NUMBERS),
    setup: twSetup(),
    trial: twTrial(TW_NUMBERS),
    notify: twNotify(TW_NUMBERS),
    comparison: twComparison(TW_NUMBERS),
    commands: twCommands(TW_NUMBERS),
    page: twPage(TW_NUMBERS),
    files: twFiles(TW_NUMBERS),
    largeFiles: twLargeFiles(TW_NUMBERS),
    newTask: twNewTask(TW_NUMBERS),
    workflowsPage: twWorkflowsPage(TW_NUMBERS),
    workflowImport: twWorkflowImport(TW_NUMBERS),
    workflowPage: twWorkflowPage(TW_NUMBERS),
    accessPage: twAccessPage(),
    dataPage: twDataPage(TW_NUMBERS),
    auditPage: twAuditPage(TW_NUMBERS),
    usage: twUsage(TW_NUMBERS),
    faults: twFaults(TW_NUMBERS),
    say: (sentence) => sentenceIn(TW_SENTENCES, sentence),
  },
}
