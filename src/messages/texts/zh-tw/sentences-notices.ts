// Written by “bun run texts” from ../zh/sentences-notices.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { NOTICES } from '../../../engine/sentences/notices.ts'

/** See engine/sentences/notices.ts. */
export const sentencesNotices = (): SentencesOf<typeof NOTICES> => ({
  'no-mail': () => '無法傳送郵件。',
  'do-set-smtp': () => '需由管理員設定 ROWBOT_SMTP_URL 和 ROWBOT_MAIL_FROM。',
  'mail-domain-refused': ({ domain }) => `不允許向 ${domain} 傳送郵件。`,
  'do-name-domain': () => '需由管理員將該域名加入 ROWBOT_MAIL_DOMAINS。',
  'not-an-email': ({ address }) => `「${address}」不是信箱網址。`,
  'too-many-emails': ({ max }) => `最多可以向 ${max} 個網址傳送郵件。`,
  'do-use-mailing-list': () => '請使用郵件清單。',
  'no-results-folder': () => '沒有結果資料夾。',
  'do-set-results-folder': () => '需由管理員設定 ROWBOT_RESULTS_FOLDER。',
  'no-webhook-secret': () => '無法傳送 Webhook：沒有用於簽名的金鑰。',
  'do-set-webhook-secret': () => '需由管理員設定 ROWBOT_WEBHOOK_SECRET。',
  'webhook-not-https': () => 'Webhook 的網址必須是 https 網址，且不帶使用者名稱。',
  'webhook-host-refused': ({ host }) => `不允許向 ${host} 傳送 Webhook。`,
  'do-name-host': () => '需由管理員將該主機加入 ROWBOT_WEBHOOK_HOSTS。',

  'notice-to': ({ where, why }) => `${where}：${why}`,
  'notice-fault': () => 'Rowbot 出錯，詳情見其日誌',
  'receiver-too-slow': ({ seconds }) => `${seconds} 秒內沒有回應`,
  'receiver-unreachable': ({ why }) => `無法連線（${why}）`,
  'receiver-wants-no-more': () => '接收方返回 410：不再接收這類通知',
  'receiver-redirects': ({ status }) => `接收方返回 ${status}；不會跟隨重定向`,
  'receiver-answered': ({ status }) => `接收方返回 ${status}`,
  'folder-is-none': () => '結果資料夾不是資料夾',
  'folder-not-writable': ({ why }) => `無法寫入結果資料夾（${why}）`,
  'mail-login-refused': () => '郵件伺服器不接受登入資訊',
  'mail-server-unreachable': ({ why }) => `無法連線郵件伺服器（${why}）`,
  'mail-server-answered': ({ status }) => `郵件伺服器返回 ${status}`,
  'mail-server-says': ({ status, words }) => `郵件伺服器返回 ${status}：「${words}」`,
})
