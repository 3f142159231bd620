import type { comparison as english } from '../en/comparison.ts'
import type { Numbers } from '../numbers.ts'

export const comparison = (n: Numbers): ReturnType<typeof english> => ({
  compareWith: '与另一个工作流对比…',
  select: '对比的工作流',
  none: '不对比',
  both: (a, b) => ['A：', a, ' · B：', b],
  bothRun: '两个工作流运行相同的行，结果并排显示。',
  canRun: (good, rows) =>
    good === rows
      ? `B 也能运行全部 ${n.count(rows)} 行`
      : `B 能运行 ${n.count(rows)} 行中的 ${n.count(good)} 行`,
  cannotRun: 'B 无法运行其中任何一行。请选择其他工作流，或在文件中补上它需要的内容。',
  start: (rows) => `用 ${n.count(rows)} 行对比`,
  startAll: (rows) => `用全部 ${n.count(rows)} 行对比`,
  startSome: '用部分行对比…',
  paidTwice: '每一行都会在两个工作流中各运行一次，并各自计费。',
  form: {
    title: '用部分行对比',
    label: '对比的行数',
    hint: (max) => `1 到 ${n.count(max)}，选取彼此不同的行`,
    submit: '开始对比',
  },
  comparing: '正在对比',
  compared: (rows) => `已对比 ${n.count(rows)} 行`,
  title: '两个工作流的对比',
  notice: (a, b) => `正在对比 ${a} 与 ${b}`,
  of: (letter, settled, total) => `${letter}：${n.count(settled)} / ${n.count(total)}`,
  side: ({ prices, seconds, failed }) =>
    [
      ...prices,
      ...(seconds === undefined ? [] : [`每行 ${n.rough(seconds)} 秒`]),
      `失败 ${n.count(failed)} 行`,
    ].join('，'),
  same: (percent, same, of) => `${n.count(percent)}% 相同（${n.count(of)} 行中有 ${n.count(same)} 行）`,
  nothingInCommon: '两者的输出没有相同的名称，无法对比。',
  nothingSucceeded: '没有任何一行在两个工作流中都成功。',
  stoppedBecause: (letter, error) => `${letter} 因故障停止：${error}`,
  goOn: (letter, rows) => `用 ${letter} 运行全部 ${n.count(rows)} 行`,
  resume: (letter) => `继续运行 ${letter}`,
  raise: (letter, amount) => `${letter}：${amount}`,
  wentOn: (letter, workflow) => `${letter}（${workflow}）已继续运行全部行。`,
  isSideOf: (letter, other) => `对比中的 ${letter}，另一个是 ${other}`,
  download: '下载对比结果',
  see: '查看对比',
  isSame: '相同',
  differs: '不同',
  added: '仅 B 有',
  removed: '仅 A 有',
  more: (rows) => `另外 ${n.count(rows)} 行见文件。`,
  table: { row: '行', same: '相同？' },
})
