// Written by “bun run texts” from ../zh/data-page.ts: change that file, or scripts/zh-tw/words.ts.
import type { dataPage as english } from '../en/data-page.ts'
import type { Numbers } from '../numbers.ts'

/** See en/data-page.ts. */
export const dataPage = (n: Numbers): ReturnType<typeof english> => ({
  title: '個人資料',
  intro: '可以在此清除某人、某個任務或工作流程的所有資料，也可以匯出某人的資料。',
  erase: '清除',
  what: '對象',
  kinds: { task: '任務', person: '個人', workflow: '工作流程' },
  subject: '編號或姓名',
  subjectHint: '任務或工作流程的編號；個人的姓名，或審計和用量中顯示的編號。',
  sureTitle: (subject) => `清除 ${subject}？`,
  sureText:
    '任務會連同其列、結果、檔案和日誌一起清除；個人的草稿、會話和權杖也會清除。此操作無法撤銷。聊天和 Dify 中的內容不受影響。',
  receipt: '回執',
  erasedAt: (subject, when, by) => `${subject} 已於 ${when} 由 ${by} 清除。`,
  noted: (id) => `審計中記為 ${id}，不含原名稱。`,
  nothing: '沒有儲存任何相關資料。',
  counted: (kind, count) => `${kind}：${n.count(count)}`,
  export: '匯出',
  exportText: '一個 JSON 檔案：任務及其列、草稿、限額、會話、用量和審計記錄。',
  person: '個人',
  download: '下載',
  audit: '審計',
  auditText: '這些日期（UTC）的所有記錄；留空為全部。',
  since: '從',
  until: '至（不含當天）',
})
