import type { Numbers } from '../numbers.ts'

/** The page for data of people. */
export const dataPage = (n: Numbers) => ({
  title: 'Data of people',
  intro:
    'What is kept of a person, a task or a workflow can be erased here, and what is kept of a person exported.',
  erase: 'Erase',
  what: 'What',
  kinds: { task: 'a task', person: 'a person', workflow: 'a workflow' },
  subject: 'Id or name',
  subjectHint:
    'Of a task or workflow the id; of a person the name, or the id as the audit and the usage have it.',
  sureTitle: (subject: string) => `Erase ${subject}?`,
  sureText:
    'Tasks go with their rows, results, files and logs; of a person also drafts, sessions and tokens. This cannot be undone. What is in chats and in Dify stays there.',
  receipt: 'Receipt',
  erasedAt: (subject: string, when: string, by: string) => `${subject} was erased on ${when} by ${by}.`,
  noted: (id: string) => `The audit has it as ${id}, without what it was called.`,
  nothing: 'Nothing was kept of it.',
  counted: (kind: string, count: number) => `${kind}: ${n.count(count)}`,
  export: 'Export',
  exportText:
    'One JSON file: tasks with their rows, drafts, limits, sessions, what was spent, and lines of the audit.',
  person: 'Person',
  download: 'Download',
  audit: 'Audit',
  auditText: 'Every line of these days, in UTC; empty: all.',
  since: 'From',
  until: 'Up to, without this day',
})
