import type { MonthLimit } from '../../../engine/month-limit.ts'
import type { usage as english } from '../en/usage.ts'
import type { Numbers } from '../numbers.ts'

export const usage = (n: Numbers): ReturnType<typeof english> => {
  const amount = (limit: MonthLimit) =>
    'tokens' in limit ? `${n.count(limit.tokens)} 个 token` : n.price(limit.nano, limit.currency)
  return {
    amount,
    left: ({ name, left, limit }) => `${name}：本月额度 ${amount(limit)}，剩余 ${amount(left)}`,
    usedUp: ({ name, limit, left }) =>
      ('tokens' in left ? left.tokens : left.nano) > 0
        ? `${name} 本月额度 ${amount(limit)} 只剩 ${amount(left)}，不够再调用一次。`
        : `${name} 本月的额度（${amount(limit)}）已用完。`,
    usedUpHint: ({ resetsAt }) => `管理员可以在“用量”页面调高额度。额度将于 ${n.date(resetsAt)}（UTC）重置。`,
    title: '用量',
    intro: '包含实际运行过的每一次调用，不论结果如何。月份按 UTC 计算。',
    month: '月份',
    show: '查看',
    csv: '下载 CSV',
    all: '全部月份',
    none: '这个月没有任何调用。',
    byMonth: '按月份',
    byWorkflow: '按工作流',
    byPerson: '按人员',
    total: '合计',
    columns: {
      workflow: '工作流',
      person: '人员',
      tasks: '任务',
      rows: '行',
      calls: '调用',
      tokens: 'token',
      money: '费用',
      limit: '每月额度',
    },
    estimated: '≈：Dify 没有报告其中部分调用的费用，因此按该工作流的平均费用计算。',
    noPrice: '–',
    unpriced: (calls) => `${n.count(calls)} 次调用的费用未知`,
    ofLimit: (spent, limit) => `本月已用 ${spent}，额度 ${limit}`,
    noLimit: '不限',
    change: '更改…',
    form: {
      title: (name) => `${name} 的每月额度`,
      label: '每月额度',
      hint: '例如 50 USD；如果 Dify 不报告费用，可写 200000 tokens。留空表示不限。',
      wrong: '请填写金额和货币，例如 50 USD，或 token 数量，例如 200000 tokens。',
      save: '保存',
    },
    saved: (name) => `${name} 的额度已更改。`,
  }
}
