import type { SentencesOf } from '../../../engine/sentence.ts'
import type { NOTICES } from '../../../engine/sentences/notices.ts'

/** See engine/sentences/notices.ts. */
export const sentencesNotices = (): SentencesOf<typeof NOTICES> => ({
  'no-mail': () => '无法发送邮件。',
  'do-set-smtp': () => '需由管理员设置 ROWBOT_SMTP_URL 和 ROWBOT_MAIL_FROM。',
  'mail-domain-refused': ({ domain }) => `不允许向 ${domain} 发送邮件。`,
  'do-name-domain': () => '需由管理员将该域名加入 ROWBOT_MAIL_DOMAINS。',
  'not-an-email': ({ address }) => `“${address}”不是邮箱地址。`,
  'too-many-emails': ({ max }) => `最多可以向 ${max} 个地址发送邮件。`,
  'do-use-mailing-list': () => '请使用邮件列表。',
  'no-results-folder': () => '没有结果文件夹。',
  'do-set-results-folder': () => '需由管理员设置 ROWBOT_RESULTS_FOLDER。',
  'no-webhook-secret': () => '无法发送 Webhook：没有用于签名的密钥。',
  'do-set-webhook-secret': () => '需由管理员设置 ROWBOT_WEBHOOK_SECRET。',
  'webhook-not-https': () => 'Webhook 的地址必须是 https 地址，且不带用户名。',
  'webhook-host-refused': ({ host }) => `不允许向 ${host} 发送 Webhook。`,
  'do-name-host': () => '需由管理员将该主机加入 ROWBOT_WEBHOOK_HOSTS。',

  'notice-to': ({ where, why }) => `${where}：${why}`,
  'notice-fault': () => 'Rowbot 出错，详情见其日志',
  'receiver-too-slow': ({ seconds }) => `${seconds} 秒内没有响应`,
  'receiver-unreachable': ({ why }) => `无法连接（${why}）`,
  'receiver-wants-no-more': () => '接收方返回 410：不再接收这类通知',
  'receiver-redirects': ({ status }) => `接收方返回 ${status}；不会跟随重定向`,
  'receiver-answered': ({ status }) => `接收方返回 ${status}`,
  'folder-is-none': () => '结果文件夹不是文件夹',
  'folder-not-writable': ({ why }) => `无法写入结果文件夹（${why}）`,
  'mail-login-refused': () => '邮件服务器不接受登录信息',
  'mail-server-unreachable': ({ why }) => `无法连接邮件服务器（${why}）`,
  'mail-server-answered': ({ status }) => `邮件服务器返回 ${status}`,
  'mail-server-says': ({ status, words }) => `邮件服务器返回 ${status}：“${words}”`,
})
