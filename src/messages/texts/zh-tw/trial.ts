// Written by “bun run texts” from ../zh/trial.ts: change that file, or scripts/zh-tw/words.ts.
import type { trial as english } from '../en/trial.ts'
import type { Numbers } from '../numbers.ts'

export const trial = (n: Numbers): ReturnType<typeof english> => ({
  trying: (rows) => `正在試執行 ${n.count(rows)} 列`,
  tried: (rows) => `已試執行 ${n.count(rows)} 列`,
  tryRows: (rows) => (rows === 1 ? '先試 1 列' : `先試 ${n.count(rows)} 個不同的列`),
  tryMore: '先試幾列…',
  form: {
    title: '先試執行幾列',
    label: '先試執行的列數',
    hint: (max) => `1 到 ${n.count(max)}，選取彼此不同的列，其餘的列等待`,
    submit: '試執行',
  },
  rowDone: (row) => `第 ${n.count(row)} 列執行成功：`,
  rowFailed: (row) => `第 ${n.count(row)} 列執行失敗：`,
  table: { output: '輸出', seconds: '秒', tokens: 'token', price: '費用' },
  moreRows: (rows) => `另外還試了 ${n.count(rows)} 列，見結果檔案。`,
  estimate: ({ rows, ms, tokens, price, tried }) => {
    const parts = [
      `約 ${n.roughDuration(ms)}`,
      ...(tokens === undefined ? [] : [`${n.count(tokens)} 個 token`]),
      ...(price === undefined ? [] : [price]),
    ]
    const from = tried === 1 ? '這一列' : `這 ${n.count(tried)} 列`
    return `其餘 ${n.count(rows)} 列：${parts.join('、')}（按${from}估算）。`
  },
  title: (rows) => `已試執行 ${n.count(rows)} 列`,
  paidOnce: '已執行的列不會再次執行，除非您更改設定。',
  goOn: (rows) => `繼續執行其餘 ${n.count(rows)} 列`,
  settings: '更改設定…',
  stopHere: '到此為止',
  sameChoices: (name) => `重新使用 ${name} 的檔案和選擇。所有列都會重新執行，包括已試執行的列。`,
  choicesGone: '這個任務的選擇已不再保留，請重新傳送檔案。',
})
