// Written by “bun run texts” from ../zh/questions.ts: change that file, or scripts/zh-tw/words.ts.
import type { questions as english } from '../en/questions.ts'
import type { Numbers } from '../numbers.ts'

export const questions = (n: Numbers): ReturnType<typeof english> => ({
  title: (name, row, position, total) =>
    total === 1
      ? `${name}：第 ${n.count(row)} 列等待回答`
      : `${name}：等待回答 ${n.count(position)} / ${n.count(total)} · 第 ${n.count(row)} 列`,
  until: (time) => ['截止 ', time],
  fields: (names) => `按鈕會開啟表單：${names}`,
  restOnPage: (page) => ['…… 全文見', page, '。'],
  restInDify: '…… 全文見 Dify。',
  moreActions: (count) => `另有 ${n.count(count)} 個按鈕在頁面上。`,
  tooManyFields: (count) => `需要填寫 ${n.count(count)} 項，這裡的表單放不下：請在頁面上回答。`,
  onlyInDify: '只能在 Dify 中回答。',
  answering: (row) => `第 ${n.count(row)} 列的回答正在傳送給 Dify。`,
  answered: (row, action, by) => `第 ${n.count(row)} 列：${by} 選擇了「${action}」`,
  forAll: (count) => `全部同樣回答（${n.count(count)} 列）`,
  actionForAll: (action, count) => `${action}：全部 ${n.count(count)} 列`,
  othersMay: '這個會話裡的所有人都可以回答。',
  buttons: { letOthers: '允許其他人回答', onlyMe: '只允許我回答' },
  over: (name, answers) => `${name}：已給出 ${n.count(answers)} 個回答`,
  overInDify: (rows) => `${n.count(rows)} 列未經這裡回答而繼續`,
  overExpired: (rows) => `${n.count(rows)} 列逾時未回答`,
  goesOn: '任務繼續執行。',
  isPaused: '任務已暫停；恢復後會帶著這些回答繼續。',
  isStopped: '任務已停止。',
  undelivered: (name, command) => [name, ' 在等您回答：', command],
  form: {
    title: (row) => `第 ${row} 列`,
    rows: '用於哪些列',
    onlyThis: (row) => `僅第 ${n.count(row)} 列`,
    all: (count) => `問題相同的全部 ${n.count(count)} 列`,
  },
  page: {
    title: (rows) => `${n.count(rows)} 列等待回答`,
    more: (rows) => `回答之後還有 ${n.count(rows)} 列。`,
    alike: (rows) => `問題相同的全部 ${n.count(rows)} 列使用同一回答`,
    answers: '回答',
    answer: (action, by) => `${action}，由 ${by} 回答`,
    states: {
      open: '等待中',
      answering: '回答正在傳送',
      answered: '已回答',
      elsewhere: '已在 Dify 中回答',
      expired: '逾時未回答',
    },
  },
  private: {
    notYours: (owner) => `只有 ${owner} 可以回答這個任務的列。對方可以用「允許其他人回答」更改。`,
    notYourSwitch: (owner) => `只有 ${owner} 可以更改誰能回答。`,
    answeredBefore: (by, row, action) => `${by} 已經回答了第 ${n.count(row)} 列：${action}。`,
    answeredInDify: (row) => `第 ${n.count(row)} 列已經在 Dify 中回答了。`,
    expired: (row) => `第 ${n.count(row)} 列已經不能回答：時間已到。`,
    gone: '這個問題已經不存在了。',
    notFor: (rows, why) => `未能用於這些列：${rows}。${why}`,
    notOneOf: (name) => `「${name}」必須是選項之一。`,
  },
})
