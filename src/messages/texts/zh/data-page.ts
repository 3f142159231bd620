import type { dataPage as english } from '../en/data-page.ts'
import type { Numbers } from '../numbers.ts'

/** See en/data-page.ts. */
export const dataPage = (n: Numbers): ReturnType<typeof english> => ({
  title: '个人数据',
  intro: '可以在此清除某人、某个任务或工作流的所有数据，也可以导出某人的数据。',
  erase: '清除',
  what: '对象',
  kinds: { task: '任务', person: '个人', workflow: '工作流' },
  subject: '编号或姓名',
  subjectHint: '任务或工作流的编号；个人的姓名，或审计和用量中显示的编号。',
  sureTitle: (subject) => `清除 ${subject}？`,
  sureText:
    '任务会连同其行、结果、文件和日志一起清除；个人的草稿、会话和令牌也会清除。此操作无法撤销。聊天和 Dify 中的内容不受影响。',
  receipt: '回执',
  erasedAt: (subject, when, by) => `${subject} 已于 ${when} 由 ${by} 清除。`,
  noted: (id) => `审计中记为 ${id}，不含原名称。`,
  nothing: '没有保存任何相关数据。',
  counted: (kind, count) => `${kind}：${n.count(count)}`,
  export: '导出',
  exportText: '一个 JSON 文件：任务及其行、草稿、限额、会话、用量和审计记录。',
  person: '个人',
  download: '下载',
  audit: '审计',
  auditText: '这些日期（UTC）的所有记录；留空为全部。',
  since: '从',
  until: '至（不含当天）',
})
