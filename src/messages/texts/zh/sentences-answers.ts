import type { SentencesOf } from '../../../engine/sentence.ts'
import type { ANSWERS } from '../../../engine/sentences/answers.ts'

/** See engine/sentences/answers.ts. */
export const sentencesAnswers = (): SentencesOf<typeof ANSWERS> => ({
  'question-not-there': () => '这个问题已经不在了。',
  'do-task-may-be-deleted': () => '它的任务可能已被删除。',
  'sandbox-elsewhere': () => '内置沙盒在运行任务的那个进程里，因此只能在那里回答它的行。',
  'do-answer-there': () => '请在那个进程的页面上回答。',
  'only-in-dify': () => '这个问题只能在 Dify 中回答。',
  'do-open-run': () => '请在 Dify 中打开这个工作流的运行。',
  'row-does-not-wait': ({ row }) => `第 ${row} 行现在不在等待这个回答。`,
  'do-it-went-on': () => '它的任务已停止，或者这一行刚刚继续运行了。',
  'cannot-be-answered': () => '无法向 Dify 提交回答。',
  'answered-in-dify': ({ row }) => `第 ${row} 行已经在 Dify 中回答过了。`,
  'answered-by': ({ person, row, answer }) => `${person} 已经回答了第 ${row} 行：${answer}。`,
  'do-nothing-was-changed': () => '没有任何改动。这一行会按那个回答继续运行。',
  'answer-refused': ({ error }) => `Dify 没有接受这个回答：${error}`,
  'do-change-and-send': () => '请修改后再次提交。',
  'answer-too-late': ({ row }) => `第 ${row} 行已无法回答：时限已过，或 Dify 中已没有这个问题。`,
  'do-dify-is-asked': () => 'Rowbot 正在向 Dify 查询这次运行的结果。',
  'answer-not-sent': ({ error }) => `回答没能提交：${error}`,
  'do-try-in-a-moment': () => '请稍后重试。',
  'answer-unconfirmed': ({ row, error }) => `Dify 还没有确认第 ${row} 行的回答：${error}`,
  'do-it-is-found-out': () => 'Rowbot 会查明回答是否送达，没有送达就会再次询问。',
  'time-is-up': ({ row }) => `第 ${row} 行已无法回答：时限已过。`,
  'do-retry-row': () => '请重试这一行。',
  'button-gone': () => '这个按钮已经不在了。',
  'no-such-button': ({ button }) => `没有“${button}”这个按钮。`,
  'do-choose-of': ({ choices }) => `可选的有：${choices.join('、')}。`,
  'form-without-fields': () => '它没有输入项。',
  'do-fields-are': ({ fields }) => `它的输入项有：${fields.join('、')}。`,
})
