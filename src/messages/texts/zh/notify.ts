import { ROWBOT } from '../../../engine/this-program.ts'
import type { notify as en } from '../en/notify.ts'
import type { Numbers } from '../numbers.ts'

export const notify = (n: Numbers): ReturnType<typeof en> => ({
  button: '通知其他人…',
  form: {
    title: '通知其他人',
    emails: '发送邮件至',
    emailsHint: '多个邮箱用逗号分隔；留空则不发送',
    webhook: 'Webhook',
    webhookUsual: (host) => `发送至 ${host}（默认）`,
    none: '不发送',
    url: 'Webhook 发送至其他网址',
    urlHint: (hosts) => `https://…，限于 ${hosts}`,
    folder: '将结果保存到共享文件夹',
    yes: '是',
    no: '否',
  },
  faults: {
    many: () => '邮箱过多，最多 10 个。如需更多，请使用邮件列表。',
    'no-address': (what) => `“${what}”不是有效的邮箱。`,
    domain: (what) => `这里不允许向 ${what} 发送邮件，请联系管理员开通。`,
    'no-mail': () => '这里没有配置邮件服务器，请联系管理员。',
    'no-url': () => '必须是 https 网址，且不含用户名。',
    host: (what) => `这里不允许向 ${what} 发送 Webhook，请联系管理员开通。`,
    'no-secret': () => '这里没有配置 Webhook，请联系管理员。',
    'no-folder': () => '这里没有配置共享文件夹，请联系管理员。',
  },
  atTheEnd: '结束时：',
  to: {
    webhook: (host) => `发送 Webhook 至 ${host}`,
    email: (address) => `发送邮件至 ${address}`,
    folder: '将结果保存到共享文件夹',
  },
  mail: {
    subject: {
      completed: (name) => `${name} 已完成`,
      failed: (name) => `${name} 已停止，需要处理`,
      cancelled: (name) => `${name} 已被停止`,
    },
    attached: '结果见附件。',
    tooLarge: (bytes) => `结果（${n.size(bytes)}）太大，无法作为邮件附件发送。`,
    resultCommand: (id) => `获取结果：${ROWBOT} result ${id}`,
    openPage: '打开任务',
    why: '您收到这封邮件，是因为有人指定在此任务结束时通知您的邮箱。',
  },
  title: '通知',
  sent: '已发送',
  sending: '正在发送',
  nextTry: (tries, error) => `已失败 ${n.count(tries)} 次（${error}），下次尝试`,
  failed: (error) => `未能发送：${error}`,
})
