import type { MonthLimit, MonthRoom } from '../../../engine/month-limit.ts'
import type { Numbers } from '../numbers.ts'

/** What was spent, by month, workflow and person, and how much may be. */
export const usage = (n: Numbers) => {
  const amount = (limit: MonthLimit) =>
    'tokens' in limit ? `${n.count(limit.tokens)} tokens` : n.price(limit.nano, limit.currency)
  return {
    amount,
    /** step 4 of a task: `Product copywriter has $3.10 of $50.00 left this month` */
    left: ({ name, left, limit }: MonthRoom) =>
      `${name} has ${amount(left)} of ${amount(limit)} left this month`,
    usedUp: ({ name, limit, of, left }: MonthRoom) => {
      if (('tokens' in left ? left.tokens : left.nano) > 0)
        return `${name} has ${amount(left)} of ${amount(limit)} left this month, and another call costs more.`
      const whose = of === 'workflow' ? 'its' : 'their'
      return `${name} has used up ${whose} ${amount(limit)} for this month.`
    },
    usedUpHint: ({ resetsAt }: MonthRoom) =>
      `An admin can raise the limit on the page “Usage”. It begins anew on ${n.date(resetsAt)} (UTC).`,
    title: 'Usage',
    intro: 'Every call that ran, whatever became of its row. Months are those of UTC.',
    month: 'Month',
    show: 'Show',
    csv: 'Download CSV',
    all: 'All months',
    none: 'Nothing was called in this month.',
    byMonth: 'By month',
    byWorkflow: 'By workflow',
    byPerson: 'By person',
    total: 'Total',
    columns: {
      workflow: 'Workflow',
      person: 'Person',
      tasks: 'Tasks',
      rows: 'Rows',
      calls: 'Calls',
      tokens: 'Tokens',
      money: 'Money',
      limit: 'A month at most',
    },
    estimated: '≈: Dify did not say what some of these calls cost, so the mean of their workflow was taken.',
    noPrice: '–',
    unpriced: (calls: number) => `price of ${calls === 1 ? '1 call' : `${n.count(calls)} calls`} unknown`,
    ofLimit: (spent: string, limit: string) => `${spent} of ${limit} this month`,
    noLimit: 'no limit',
    change: 'Change…',
    form: {
      title: (name: string) => `What ${name} may cost a month`,
      label: 'A month at most',
      hint: 'Such as 50 USD, or 200000 tokens where Dify tells no price. Leave it empty for no limit.',
      wrong: 'Write an amount and a currency, such as 50 USD, or a number of tokens, such as 200000 tokens.',
      save: 'Save',
    },
    saved: (name: string) => `The limit of ${name} is changed.`,
  }
}
