// Written by “bun run texts” from ../zh/access-page.ts: change that file, or scripts/zh-tw/words.ts.
import type { accessPage as english } from '../en/access-page.ts'

export const accessPage = (): ReturnType<typeof english> => ({
  title: '訪問權限',
  intro: '一個權杖供一個人或一個程式使用頁面和 API。權杖只在建立時顯示一次；撤銷後，用它登入的人會立即退出。',
  also: '本伺服器的管理員權杖仍然有效。',
  name: '名稱',
  nameHint: '給誰使用：人或程式。任務和操作紀錄會顯示這個名稱。',
  role: '角色',
  roles: {
    admin: '管理員：全部權限',
    runner: '執行者：可建立任務，只能看到自己的任務',
    viewer: '查看者：可查看全部，不能更改',
  },
  roleWords: { admin: '管理員', runner: '執行者', viewer: '查看者' },
  add: '建立權杖',
  made: (name) => `${name} 的權杖`,
  once: '請立即複製，之後不再顯示。',
  link: '也可以傳送這個登入連結：',
  table: { name: '名稱', role: '角色', made: '建立', used: '最近使用', state: '狀態' },
  by: (who) => `由 ${who}`,
  never: '從未',
  works: '有效',
  revokedBy: (who) => `已被 ${who} 撤銷`,
  revoke: '撤銷',
  revokeTitle: (name) => `要撤銷 ${name} 的權杖嗎？`,
  revokeText: '權杖會立即失效，用它登入的人會退出。其任務會保留並繼續執行。',
  keep: '保留',
  none: '還沒有帶名稱的權杖',
  noneHint: '請為每個人或程式各建立一個，以便分清是誰的操作，並可單獨撤銷。',
})
