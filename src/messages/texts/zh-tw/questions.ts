// Written by “bun run texts” from ../zh/questions.ts: change that file, or scripts/zh-tw/words.ts.
import type { questions as english } from '../en/questions.ts'
import type { Numbers } from '../numbers.ts'

export const questions = (n: Numbers): ReturnType<typeof english> => ({
  title: (name, row, position, total) =>
    total === 1
      ? `${name}：第 ${n.count(row)} 列等待答覆`
      : `${name}：等待答覆 ${n.count(position)} / ${n.count(total)} · 第 ${n.count(row)} 列`,
  until: (time) => ['截止 ', time],
  fields: (names) => `按鈕會開啟表單：${names}`,
  restOnPage: (page) => ['…… 全文見', page, '。'],
  restInDify: '…… 全文見 Dify。',
  moreActions: (count) => `另有 ${n.count(count)} 個按鈕在頁面上。`,
  tooManyFields: (count) => `需要填寫 ${n.count(count)} 項，這裡的表單放不下：請在頁面上答覆。`,
  onlyInDify: '只能在 Dify 中答覆。',
  answering: (row) => `第 ${n.count(row)} 列的答覆正在傳送給 Dify。`,
  answered: (row, action, by) => `第 ${n.count(row)} 列：${by} 選擇了「${action}」`,
  forAll: (count) => `全部同樣答覆（${n.count(count)} 列）`,
  actionForAll: (action, count) => `${action}：全部 ${n.count(count)} 列`,
  othersMay: '這個會話裡的所有人都可以答覆。',
  buttons: { letOthers: '允許其他人答覆', onlyMe: '只允許我答覆' },
  over: (name, answers) => `${name}：已給出 ${n.count(answers)} 個答覆`,
  overInDify: (rows) => `${n.count(rows)} 列未經這裡答覆而繼續`,
  overExpired: (rows) => `${n.count(rows)} 列逾時未答覆`,
  goesOn: '任務繼續執行。',
  isPaused: '任務已暫停；恢復後會帶著這些答覆繼續。',
  isStopped: '任務已停止。',
  undelivered: (name, command) => [name, ' 在等您答覆：', command],
  form: {
    title: (row) => `第 ${row} 列`,
    rows: '用於哪些列',
    onlyThis: (row) => `僅第 ${n.count(row)} 列`,
    all: (count) => `問題相同的全部 ${n.count(count)} 列`,
  },
  page: {
    title: (rows) => `${n.count(rows)} 列等待答覆`,
    more: (rows) => `答覆之後還有 ${n.count(rows)} 列。`,
    alike: (rows) => `問題相同的全部 ${n.count(rows)} 列使用同一答覆`,
    answers: '答覆',
    answer: (action, by) => `${action}，由 ${by} 答覆`,
    states: {
      open: '等待中',
      answering: '答覆正在傳送',
      answered: '已答覆',
      elsewhere: '已在 Dify 中答覆',
      expired: '逾時未答覆',
    },
  },
  private: {
    notYours: (owner) => `只有 ${owner} 可以答覆這個任務的列。對方可以用「允許其他人答覆」更改。`,
    notYourSwitch: (owner) => `只有 ${owner} 可以更改誰能答覆。`,
    answeredBefore: (by, row, action) => `${by} 已經答覆了第 ${n.count(row)} 列：${action}。`,
    answeredInDify: (row) => `第 ${n.count(row)} 列已經在 Dify 中答覆了。`,
    expired: (row) => `第 ${n.count(row)} 列已經不能答覆：時間已到。`,
    gone: '這個問題已經不存在了。',
    notFor: (rows, why) => `未能用於這些列：${rows}。${why}`,
    notOneOf: (name) => `「${name}」必須是選項之一。`,
  },
})
