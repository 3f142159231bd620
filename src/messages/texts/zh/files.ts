import type { files as english } from '../en/files.ts'
import type { Numbers } from '../numbers.ts'

export const files = (n: Numbers): ReturnType<typeof english> => ({
  file: '文件',
  type: '类型',
  size: '大小',
  filesName: (count) => `${n.count(count)} 个文件`,
  links: {
    google:
      '这是一个 Google 链接，我不会打开链接。请在那里选择“文件 → 下载 → Microsoft Excel (.xlsx)”，再把下载的文件发给我。',
    microsoft:
      '这是一个 Microsoft 365 链接，我不会打开链接。请在那里选择“文件 → 创建副本 → 下载副本”，再把下载的文件发给我。',
    slack:
      '这是一个 Slack 链接，我不会打开链接。请在带有文件的那条消息的 ⋯ 菜单里选“Run as batch”，或者下载文件后发给我。',
    discord:
      '这是一个 Discord 链接，我不会打开链接。请右键带有文件的那条消息 → 应用 →“批量运行”，或者下载文件后发给我。',
    cloud: '这是一个文件链接，我不会打开链接。请在那里下载，再发给我。',
    file: '这是一个文件链接，我不会打开链接。请下载后发给我。',
  },
})
