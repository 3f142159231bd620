// Written by “bun run texts” from ../zh/comparison.ts: change that file, or scripts/zh-tw/words.ts.
import type { comparison as english } from '../en/comparison.ts'
import type { Numbers } from '../numbers.ts'

export const comparison = (n: Numbers): ReturnType<typeof english> => ({
  compareWith: '與另一個工作流程對比…',
  select: '對比的工作流程',
  none: '不對比',
  both: (a, b) => ['A：', a, ' · B：', b],
  bothRun: '兩個工作流程執行相同的列，結果並排顯示。',
  canRun: (good, rows) =>
    good === rows
      ? `B 也能執行全部 ${n.count(rows)} 列`
      : `B 能執行 ${n.count(rows)} 列中的 ${n.count(good)} 列`,
  cannotRun: 'B 無法執行其中任何一列。請選擇其他工作流程，或在檔案中補上它需要的內容。',
  start: (rows) => `用 ${n.count(rows)} 列對比`,
  startAll: (rows) => `用全部 ${n.count(rows)} 列對比`,
  startSome: '用部分列對比…',
  paidTwice: '每一列都會在兩個工作流程中各執行一次，並各自計費。',
  form: {
    title: '用部分列對比',
    label: '對比的列數',
    hint: (max) => `1 到 ${n.count(max)}，選取彼此不同的列`,
    submit: '開始對比',
  },
  comparing: '正在對比',
  compared: (rows) => `已對比 ${n.count(rows)} 列`,
  title: '兩個工作流程的對比',
  notice: (a, b) => `正在對比 ${a} 與 ${b}`,
  of: (letter, settled, total) => `${letter}：${n.count(settled)} / ${n.count(total)}`,
  side: ({ prices, seconds, failed }) =>
    [
      ...prices,
      ...(seconds === undefined ? [] : [`每列 ${n.rough(seconds)} 秒`]),
      `失敗 ${n.count(failed)} 列`,
    ].join('，'),
  same: (percent, same, of) => `${n.count(percent)}% 相同（${n.count(of)} 列中有 ${n.count(same)} 列）`,
  nothingInCommon: '兩者的輸出沒有相同的名稱，無法對比。',
  nothingSucceeded: '沒有任何一列在兩個工作流程中都成功。',
  stoppedBecause: (letter, error) => `${letter} 因故障停止：${error}`,
  goOn: (letter, rows) => `用 ${letter} 執行全部 ${n.count(rows)} 列`,
  resume: (letter) => `繼續執行 ${letter}`,
  raise: (letter, amount) => `${letter}：${amount}`,
  wentOn: (letter, workflow) => `${letter}（${workflow}）已繼續執行全部列。`,
  isSideOf: (letter, other) => `對比中的 ${letter}，另一個是 ${other}`,
  download: '下載對比結果',
  see: '查看對比',
  isSame: '相同',
  differs: '不同',
  added: '僅 B 有',
  removed: '僅 A 有',
  more: (rows) => `另外 ${n.count(rows)} 列見檔案。`,
  table: { row: '列', same: '相同？' },
})
