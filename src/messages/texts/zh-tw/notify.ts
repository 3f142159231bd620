// Written by “bun run texts” from ../zh/notify.ts: change that file, or scripts/zh-tw/words.ts.
import { ROWBOT } from '../../../engine/this-program.ts'
import type { notify as en } from '../en/notify.ts'
import type { Numbers } from '../numbers.ts'

export const notify = (n: Numbers): ReturnType<typeof en> => ({
  button: '通知其他人…',
  form: {
    title: '通知其他人',
    emails: '傳送郵件至',
    emailsHint: '多個信箱用逗號分隔；留空則不傳送',
    webhook: 'Webhook',
    webhookUsual: (host) => `傳送至 ${host}（預設）`,
    none: '不傳送',
    url: 'Webhook 傳送至其他網址',
    urlHint: (hosts) => `https://…，限於 ${hosts}`,
    folder: '將結果儲存到共享資料夾',
    yes: '是',
    no: '否',
  },
  faults: {
    many: () => '信箱過多，最多 10 個。如需更多，請使用郵件清單。',
    'no-address': (what) => `「${what}」不是有效的信箱。`,
    domain: (what) => `這裡不允許向 ${what} 傳送郵件，請聯絡管理員開通。`,
    'no-mail': () => '這裡沒有設定郵件伺服器，請聯絡管理員。',
    'no-url': () => '必須是 https 網址，且不含使用者名稱。',
    host: (what) => `這裡不允許向 ${what} 傳送 Webhook，請聯絡管理員開通。`,
    'no-secret': () => '這裡沒有設定 Webhook，請聯絡管理員。',
    'no-folder': () => '這裡沒有設定共享資料夾，請聯絡管理員。',
  },
  atTheEnd: '結束時：',
  to: {
    webhook: (host) => `傳送 Webhook 至 ${host}`,
    email: (address) => `傳送郵件至 ${address}`,
    folder: '將結果儲存到共享資料夾',
  },
  mail: {
    subject: {
      completed: (name) => `${name} 已完成`,
      failed: (name) => `${name} 已停止，需要處理`,
      cancelled: (name) => `${name} 已被停止`,
    },
    attached: '結果見附件。',
    tooLarge: (bytes) => `結果（${n.size(bytes)}）太大，無法作為郵件附件傳送。`,
    resultCommand: (id) => `取得結果：${ROWBOT} result ${id}`,
    openPage: '開啟任務',
    why: '您收到這封郵件，是因為有人指定在此任務結束時通知您的信箱。',
  },
  title: '通知',
  sent: '已傳送',
  sending: '正在傳送',
  nextTry: (tries, error) => `已失敗 ${n.count(tries)} 次（${error}），下次嘗試`,
  failed: (error) => `未能傳送：${error}`,
})
