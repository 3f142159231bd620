import type { files as english } from '../en/files.ts'
import type { Numbers } from '../numbers.ts'

export type RefusalText = readonly [message: string, hint: string]

const FEWER = '请减少文件数量，或调大 ROWBOT_MAX_FILES。'
const PACK_AGAIN = '请重新打包后再发送。'

/** Why files are refused; each fits the sentence of the same name of the intake, which has them in English. */
const sentences = (n: Numbers) => ({
  nothing: (): RefusalText => ['里面没有文件。', '请发送表格，或发送每个作为一行的文件。'],
  tooMany: (count: number, most: number): RefusalText => [
    `共 ${n.count(count)} 个文件，超过了 ${n.count(most)} 个的上限。`,
    FEWER,
  ],
  tooLarge: (megabytes: number): RefusalText => [
    `这些文件合计超过 ${n.count(megabytes)} MB。`,
    '请减少每次发送的文件，或调大 ROWBOT_MAX_FILES_MB。',
  ],
  sheetTooLarge: (name: string, megabytes: number): RefusalText => [
    `“${name}”超过 ${n.count(megabytes)} MB。`,
    '请拆分它，或调大 ROWBOT_MAX_FILE_MB。',
  ],
  notFetched: (names: string, count: number, of: number): RefusalText => [
    count === 1
      ? `无法获取“${names}”。`
      : `${n.count(of)} 个文件中有 ${n.count(count)} 个无法获取：${names}。`,
    '没有接收任何文件，请全部重新发送。',
  ],
  workbookAmong: (name: string): RefusalText => [
    `“${name}”是表格，这里只添加其他文件。`,
    '请在更换文件的位置发送它；这里请发送单元格中提到的文件。',
  ],
  zipDamaged: (zip: string): RefusalText => [`“${zip}”已损坏或不完整。`, PACK_AGAIN],
  zipEmpty: (zip: string): RefusalText => [`“${zip}”里没有文件。`, PACK_AGAIN],
  zipTooMany: (zip: string, most: number): RefusalText => [
    `“${zip}”里的文件超过 ${n.count(most)} 个的上限。`,
    FEWER,
  ],
  zipBomb: (zip: string, name: string): RefusalText => [
    `“${zip}”中的“${name}”解压后超过压缩大小的 200 倍。`,
    '正常的文件不会这样，因此没有接收任何文件。如确实需要，请直接发送解压后的文件。',
  ],
  zipPassword: (zip: string, name: string): RefusalText => [
    `“${zip}”中的“${name}”有密码保护。`,
    '请不设密码重新打包后再发送。',
  ],
  zipPath: (zip: string, name: string): RefusalText => [
    `“${zip}”中“${name}”的路径指向压缩包之外。`,
    '请重新打包，只使用压缩包内的路径。',
  ],
  zipLink: (zip: string, name: string): RefusalText => [
    `“${zip}”中的“${name}”是链接，不是文件。`,
    '请打包它所指向的文件。',
  ],
  zipTwice: (zip: string, name: string): RefusalText => [
    `“${zip}”中有两个“${name}”。`,
    '请为每个文件使用不同的名称，重新打包。',
  ],
  zipMethod: (zip: string, name: string): RefusalText => [
    `“${zip}”中的“${name}”采用了 Rowbot 无法解压的压缩方式。`,
    '请打包成普通 ZIP（deflate）后再发送。',
  ],
  zipEntryDamaged: (zip: string, name: string): RefusalText => [`“${zip}”中的“${name}”已损坏。`, PACK_AGAIN],
})

export const files = (
  n: Numbers,
): ReturnType<typeof english> & { sentences: ReturnType<typeof sentences> } => ({
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
  sentences: sentences(n),
})
