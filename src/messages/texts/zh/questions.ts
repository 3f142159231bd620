import type { questions as english } from '../en/questions.ts'
import type { Numbers } from '../numbers.ts'

export const questions = (n: Numbers): ReturnType<typeof english> => ({
  title: (name, row, position, total) =>
    total === 1
      ? `${name}：第 ${n.count(row)} 行等待回答`
      : `${name}：等待回答 ${n.count(position)} / ${n.count(total)} · 第 ${n.count(row)} 行`,
  until: (time) => ['截止 ', time],
  fields: (names) => `按钮会打开表单：${names}`,
  restOnPage: (page) => ['…… 全文见', page, '。'],
  restInDify: '…… 全文见 Dify。',
  moreActions: (count) => `另有 ${n.count(count)} 个按钮在页面上。`,
  tooManyFields: (count) => `需要填写 ${n.count(count)} 项，这里的表单放不下：请在页面上回答。`,
  onlyInDify: '只能在 Dify 中回答。',
  answering: (row) => `第 ${n.count(row)} 行的回答正在发送给 Dify。`,
  answered: (row, action, by) => `第 ${n.count(row)} 行：${by} 选择了“${action}”`,
  forAll: (count) => `全部同样回答（${n.count(count)} 行）`,
  actionForAll: (action, count) => `${action}：全部 ${n.count(count)} 行`,
  othersMay: '这个会话里的所有人都可以回答。',
  buttons: { letOthers: '允许其他人回答', onlyMe: '只允许我回答' },
  over: (name, answers) => `${name}：已给出 ${n.count(answers)} 个回答`,
  overInDify: (rows) => `${n.count(rows)} 行未经这里回答而继续`,
  overExpired: (rows) => `${n.count(rows)} 行超时未回答`,
  goesOn: '任务继续运行。',
  isPaused: '任务已暂停；恢复后会带着这些回答继续。',
  isStopped: '任务已停止。',
  undelivered: (name, command) => [name, ' 在等您回答：', command],
  form: {
    title: (row) => `第 ${row} 行`,
    rows: '用于哪些行',
    onlyThis: (row) => `仅第 ${n.count(row)} 行`,
    all: (count) => `问题相同的全部 ${n.count(count)} 行`,
  },
  page: {
    title: (rows) => `${n.count(rows)} 行等待回答`,
    more: (rows) => `回答之后还有 ${n.count(rows)} 行。`,
    alike: (rows) => `问题相同的全部 ${n.count(rows)} 行使用同一回答`,
    answers: '回答',
    answer: (action, by) => `${action}，由 ${by} 回答`,
    states: {
      open: '等待中',
      answering: '回答正在发送',
      answered: '已回答',
      elsewhere: '已在 Dify 中回答',
      expired: '超时未回答',
    },
  },
  private: {
    notYours: (owner) => `只有 ${owner} 可以回答这个任务的行。对方可以用“允许其他人回答”更改。`,
    notYourSwitch: (owner) => `只有 ${owner} 可以更改谁能回答。`,
    answeredBefore: (by, row, action) => `${by} 已经回答了第 ${n.count(row)} 行：${action}。`,
    answeredInDify: (row) => `第 ${n.count(row)} 行已经在 Dify 中回答了。`,
    expired: (row) => `第 ${n.count(row)} 行已经不能回答：时间已到。`,
    gone: '这个问题已经不存在了。',
    notFor: (rows, why) => `未能用于这些行：${rows}。${why}`,
    notOneOf: (name) => `“${name}”必须是选项之一。`,
  },
})
