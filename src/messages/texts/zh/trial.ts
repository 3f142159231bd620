import type { trial as english } from '../en/trial.ts'
import type { Numbers } from '../numbers.ts'

export const trial = (n: Numbers): ReturnType<typeof english> => ({
  trying: (rows) => `正在试运行 ${n.count(rows)} 行`,
  tried: (rows) => `已试运行 ${n.count(rows)} 行`,
  tryRows: (rows) => (rows === 1 ? '先试 1 行' : `先试 ${n.count(rows)} 个不同的行`),
  tryMore: '先试几行…',
  form: {
    title: '先试运行几行',
    label: '先试运行的行数',
    hint: (max) => `1 到 ${n.count(max)}，选取彼此不同的行，其余的行等待`,
    submit: '试运行',
  },
  rowDone: (row) => `第 ${n.count(row)} 行运行成功：`,
  rowFailed: (row) => `第 ${n.count(row)} 行运行失败：`,
  table: { output: '输出', seconds: '秒', tokens: 'token', price: '费用' },
  moreRows: (rows) => `另外还试了 ${n.count(rows)} 行，见结果文件。`,
  estimate: ({ rows, ms, tokens, price, tried }) => {
    const parts = [
      `约 ${n.roughDuration(ms)}`,
      ...(tokens === undefined ? [] : [`${n.count(tokens)} 个 token`]),
      ...(price === undefined ? [] : [price]),
    ]
    const from = tried === 1 ? '这一行' : `这 ${n.count(tried)} 行`
    return `其余 ${n.count(rows)} 行：${parts.join('、')}（按${from}估算）。`
  },
  title: (rows) => `已试运行 ${n.count(rows)} 行`,
  paidOnce: '已运行的行不会再次运行，除非您更改设置。',
  goOn: (rows) => `继续运行其余 ${n.count(rows)} 行`,
  settings: '更改设置…',
  stopHere: '到此为止',
  sameChoices: (name) => `重新使用 ${name} 的文件和选择。所有行都会重新运行，包括已试运行的行。`,
  choicesGone: '这个任务的选择已不再保留，请重新发送文件。',
})
