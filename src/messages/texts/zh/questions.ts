import type { questions as english } from '../en/questions.ts'
import type { Numbers } from '../numbers.ts'

export const questions = (n: Numbers): ReturnType<typeof english> => ({
  title: (name, row, position, total) =>
    total === 1
      ? `${name}：第 ${n.count(row)} 行等待答复`
      : `${name}：等待答复 ${n.count(position)} / ${n.count(total)} · 第 ${n.count(row)} 行`,
  until: (time) => ['截止 ', time],
  fields: (names) => `按钮会打开表单：${names}`,
  restOnPage: (page) => ['…… 全文见', page, '。'],
  restInDify: '…… 全文见 Dify。',
  moreActions: (count) => `另有 ${n.count(count)} 个按钮在页面上。`,
  tooManyFields: (count) => `需要填写 ${n.count(count)} 项，这里的表单放不下：请在页面上答复。`,
  onlyInDify: '只能在 Dify 中答复。',
  answering: (row) => `第 ${n.count(row)} 行的答复正在发送给 Dify。`,
  answered: (row, action, by) => `第 ${n.count(row)} 行：${by} 选择了“${action}”`,
  forAll: (count) => `全部同样答复（${n.count(count)} 行）`,
  actionForAll: (action, count) => `${action}：全部 ${n.count(count)} 行`,
  othersMay: '这个会话里的所有人都可以答复。',
  buttons: { letOthers: '允许其他人答复', onlyMe: '只允许我答复' },
  over: (name, answers) => `${name}：已给出 ${n.count(answers)} 个答复`,
  overInDify: (rows) => `${n.count(rows)} 行未经这里答复而继续`,
  overExpired: (rows) => `${n.count(rows)} 行超时未答复`,
  goesOn: '任务继续运行。',
  isPaused: '任务已暂停；恢复后会带着这些答复继续。',
  isStopped: '任务已停止。',
  undelivered: (name, command) => [name, ' 在等您答复：', command],
  form: {
    title: (row) => `第 ${row} 行`,
    rows: '用于哪些行',
    onlyThis: (row) => `仅第 ${n.count(row)} 行`,
    all: (count) => `问题相同的全部 ${n.count(count)} 行`,
  },
  page: {
    title: (rows) => `${n.count(rows)} 行等待答复`,
    more: (rows) => `答复之后还有 ${n.count(rows)} 行。`,
    alike: (rows) => `问题相同的全部 ${n.count(rows)} 行使用同一答复`,
    answers: '答复',
    answer: (action, by) => `${action}，由 ${by} 答复`,
    states: {
      open: '等待中',
      answering: '答复正在发送',
      answered: '已答复',
      elsewhere: '已在 Dify 中答复',
      expired: '超时未答复',
    },
  },
  private: {
    notYours: (owner) => `只有 ${owner} 可以答复这个任务的行。对方可以用“允许其他人答复”更改。`,
    notYourSwitch: (owner) => `只有 ${owner} 可以更改谁能答复。`,
    answeredBefore: (by, row, action) => `${by} 已经答复了第 ${n.count(row)} 行：${action}。`,
    answeredInDify: (row) => `第 ${n.count(row)} 行已经在 Dify 中答复了。`,
    expired: (row) => `第 ${n.count(row)} 行已经不能答复：时间已到。`,
    gone: '这个问题已经不存在了。',
    notFor: (rows, why) => `未能用于这些行：${rows}。${why}`,
    notOneOf: (name) => `“${name}”必须是选项之一。`,
  },
})
