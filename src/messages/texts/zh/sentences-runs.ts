import type { SentencesOf } from '../../../engine/sentence.ts'
import type { RUNS } from '../../../engine/sentences/runs.ts'
import type { Numbers } from '../numbers.ts'

/** See engine/sentences/runs.ts. */
export const sentencesRuns = (n: Numbers): SentencesOf<typeof RUNS> => ({
  'workflow-failed-silently': () => '工作流失败。',
  'workflow-failed-with': ({ words }) => `工作流失败：“${words}”`,
  'failed-before-first-step': ({ words }) => `Dify 说这次运行在第一步之前就失败了：“${words}”`,
  'run-not-begun': ({ words }) => `Dify 没有开始这次运行：“${words}”`,
  'stopped-in-dify': () => '这次运行在 Dify 中被停止。',
  'stopped-in-dify-with': ({ words }) => `这次运行在 Dify 中被停止：“${words}”`,
  'outputs-until-then': ({ error, outputs }) => `${error}Dify 保留了在此之前的输出：${outputs.join('、')}。`,
  'unknown-run-status': ({ status }) => `Dify 说这次运行的状态是“${status}”，Rowbot 不认识这个状态。`,
  'some-steps-failed': ({ steps }) => `工作流的部分步骤失败${named(steps)}。`,
  'some-steps-failed-with': ({ steps, words }) => `工作流的部分步骤失败${named(steps)}：“${words}”`,
  'nested-too-deep': ({ levels }) => `工作流成功了，但它的输出嵌套超过 ${levels} 层，无法保存。`,
  'answer-cut-at-start': () => '回答还没写出第一个字就被截断：Dify 结束了它，没有统计 token。',
  'answer-cut': ({ characters }) =>
    `回答写到 ${n.count(characters)} 个字符时被截断：Dify 结束了它，没有统计 token。`,

  'accepted-without-events': () => 'Dify 接受了调用，但没有发送这次运行的事件。',
  'stream-closed-early': () => '运行还没结束，Dify 就关闭了数据流。',
  'stream-ended-not-over': () => 'Dify 结束了数据流，却说这次运行还没有结束。',
  'unreadable-end': () => 'Dify 报告运行结束的方式，Rowbot 无法读取。',
  'answer-over-32-mb': () => 'Dify 的回答超过 32 MB。',
  'not-joined': () => '无法重新接入这次运行。',
  'not-joined-without-id': () => '没有编号的运行无法重新接入。',
  'unreadable-look-up': () => 'Dify 报告运行结果的方式，Rowbot 无法读取。',
  'unreadable-state': () => 'Rowbot 无法读取 Dify 对运行结束的说明。请在 Dify 中查看这次运行。',
  'look-up-failed': () => '无法向 Dify 查询这次运行。',
  'too-many-runs': () => 'Dify 列出的运行太多，找不到这一次。',
  'outputs-gone': () => 'Dify 的日志说这次运行成功了，但它的输出已经不在了。',

  'timed-out': ({ ms }) => `运行超过 ${n.duration(ms)}，已超时。`,
  'timed-out-still-running': ({ ms, since }) =>
    `运行超过 ${n.duration(ms)}，已超时。Dify 仍说正在运行，但 ${since} 之后再没有动静。`,
  'not-started-in-time': () => 'Dify 在这一行的时限内没有开始回答。',
  'not-uploaded-in-time': ({ ms }) => `文件没有在 ${n.duration(ms)}内上传完。`,
  'fate-unknowable': ({ error }) => `${error}无法查明这次调用的结果，它可能已经计费。`,
  'was-stopped': () => '它已被停止。',
  'stopped-after-pause': ({ error }) =>
    `${error}它曾等待人工回答：时限已过，或回答丢失（Dify 1.16.1 会出现这种情况）。重试会开始一次新的运行，并重新提问。`,
  'went-on-after-pause': () =>
    'Dify 说这次运行已停止，但它在等待人工回答之后继续运行了，输出也在：Dify 1.16.1 会这样误报。',
  'no-run-of-it': ({ error }) => `${error}Dify 中没有它的运行。`,
  'rowbot-ended': () => '这一行运行期间，Rowbot 退出了。',
  'lost-in-queue': ({ times }) => `在 Dify 的队列中等待了 ${times} 次，一直没有开始。`,
  'files-lost': ({ times, error }) =>
    `这一行的文件上传了 ${times} 次，Dify 仍找不到。请检查它的文件存储是否正常，然后重试这一行。${error}`,

  'waits-at-dify': () => '在 Dify 中等待',
  'waits-for-answer': ({ titles }) => `等待回答：${titles.join('、')}`,
  'question-gone': ({ title }) => `Dify 中已没有问题“${title}”，因此无法回答。`,
  'nobody-answered': ({ until, titles }) => `到 ${until} 为止没有人回答${inBrackets(titles)}。`,
  'nobody-answered-on': ({ until, day, titles }) =>
    `到 ${day} ${until} 为止没有人回答${inBrackets(titles)}。`,

  'still-waits-at-dify': () => '在等待回答时被停止。它的运行仍在 Dify 中等待，Dify 无法停止这样的运行。',
  'two-runs-succeeded': ({ first, second }) =>
    `这一行有两次运行成功：${first}（结果取自这一次）和 ${second}。`,
  'one-run': () => '其中一次',
  'another-run': () => '另一次',
  both: ({ first, second }) => `${first}${second}`,

  'log-by': ({ person }) => `操作人：${person}`,
  'log-at-limit': () => '达到上限',
  'log-at-month-limit': () => '达到本月上限',
  'log-after-trial': () => '试运行之后',
  'log-answered': ({ question, answer, person }) => `${question}：${answer}，回答人：${person}`,
  'log-interrupted': () => '运行它的进程在中途退出，正在向 Dify 查询结果。',
  'log-ran-when-stopped': () => '任务停止时它正在运行。',
  'log-maybe-paid': ({ calls }) => `${n.count(calls)} 次调用可能已经计费：Dify 无法说明它们的结果。`,

  'task-ends-runners': ({ count }) =>
    `运行这个任务的程序连续 ${count} 次意外终止，其间没有一行运行完。原因可能就在这个任务本身。继续之前，请查看日志和最先运行的几行。`,
  'rowbot-failed-often': ({ log }) => `Rowbot 运行这个任务时多次出错（${log}）。详情见日志。`,
  'with-hint': ({ error, hint }) => `${error}${hint}`,
})

function named(steps: string[]): string {
  return steps.length === 0 ? '' : `（${steps.map((step) => `“${step}”`).join('、')}）`
}

function inBrackets(titles: string[]): string {
  return titles.length === 0 ? '' : `（${titles.join('、')}）`
}
