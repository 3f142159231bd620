// Written by “bun run texts” from ../zh/usage.ts: change that file, or scripts/zh-tw/words.ts.
import type { MonthLimit } from '../../../engine/month-limit.ts'
import type { usage as english } from '../en/usage.ts'
import type { Numbers } from '../numbers.ts'

export const usage = (n: Numbers): ReturnType<typeof english> => {
  const amount = (limit: MonthLimit) =>
    'tokens' in limit ? `${n.count(limit.tokens)} 個 token` : n.price(limit.nano, limit.currency)
  return {
    amount,
    left: ({ name, left, limit }) => `${name}：本月額度 ${amount(limit)}，剩餘 ${amount(left)}`,
    usedUp: ({ name, limit, left }) =>
      ('tokens' in left ? left.tokens : left.nano) > 0
        ? `${name} 本月額度 ${amount(limit)} 只剩 ${amount(left)}，不夠再呼叫一次。`
        : `${name} 本月的額度（${amount(limit)}）已用完。`,
    usedUpHint: ({ resetsAt }) => `管理員可以在「用量」頁面調高額度。額度將於 ${n.date(resetsAt)}（UTC）重置。`,
    title: '用量',
    intro: '包含實際執行過的每一次呼叫，不論結果如何。月份按 UTC 計算。',
    month: '月份',
    show: '查看',
    csv: '下載 CSV',
    all: '全部月份',
    none: '這個月沒有任何呼叫。',
    byMonth: '按月份',
    byWorkflow: '按工作流程',
    byPerson: '按人員',
    total: '合計',
    columns: {
      workflow: '工作流程',
      person: '人員',
      tasks: '任務',
      rows: '列',
      calls: '呼叫',
      tokens: 'token',
      money: '費用',
      limit: '每月額度',
    },
    estimated: '≈：Dify 沒有報告其中部分呼叫的費用，因此按該工作流程的平均費用計算。',
    noPrice: '–',
    unpriced: (calls) => `${n.count(calls)} 次呼叫的費用未知`,
    ofLimit: (spent, limit) => `本月已用 ${spent}，額度 ${limit}`,
    noLimit: '不限',
    change: '更改…',
    form: {
      title: (name) => `${name} 的每月額度`,
      label: '每月額度',
      hint: '例如 50 USD；如果 Dify 不報告費用，可寫 200000 tokens。留空表示不限。',
      wrong: '請填寫金額和貨幣，例如 50 USD，或 token 數量，例如 200000 tokens。',
      save: '儲存',
    },
    saved: (name) => `${name} 的額度已更改。`,
  }
}
