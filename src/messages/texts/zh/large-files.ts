import type { LargeFileFacts, largeFiles as en } from '../en/large-files.ts'
import type { Numbers } from '../numbers.ts'

export const largeFiles = (n: Numbers): ReturnType<typeof en> => {
  const tooLarge = ({ what, bytes, chat }: LargeFileFacts) =>
    `${what === 'result' ? '结果文件' : '各行生成的文件'}（${n.size(bytes)}）太大，${chat} 发不了`
  return {
    zipped: (facts) => `${tooLarge(facts)}，所以改为 ZIP 压缩的 CSV。`,
    inNew: (facts) => `${tooLarge(facts)}，所以没有写进您的工作簿，而是放在新的工作簿里。`,
    part: (facts, part, parts, rows) =>
      `${part === 1 ? `${tooLarge(facts)}，所以拆成了几个。` : ''}第 ${part} 部分，共 ${parts} 部分：第 ${n.count(rows.from)} 至 ${n.count(rows.to)} 行`,
    link: (facts, link) => [
      `${tooLarge(facts)}。`,
      link,
      ' 此链接仅供您本人使用，24 小时内有效，无需登录，请不要转发。',
    ],
    download: '点此下载。',
    linkSent: (facts, person) => [`${tooLarge(facts)}，已把链接私信发给 `, person, '。'],
    linkSentToYou: (facts) => `${tooLarge(facts)}，已把链接私信发给您。`,
    unreachable: (facts, person) => [
      `${tooLarge(facts)}。本想把链接发给 `,
      person,
      '，但您不接收我的私信。请允许私信，或直接给我发消息，我就把链接发给您。',
    ],
    unreachableYou: (facts) =>
      `${tooLarge(facts)}。本想把链接发给您，但您不接收我的私信。请允许私信，或在私信里再要一次。`,
    page: {
      title: '您的结果',
      of: (file) => `来自 ${file}`,
      forWhom: (name) => `供 ${name} 使用，有效期至 `,
      result: '下载结果',
      csv: 'CSV 格式',
      files: '下载文件（ZIP）',
      rights: '任何人拿到此链接都能下载，请不要转发。',
      end: '停用此链接',
      endedTitle: '此链接已失效',
      ended: '此链接已失效。请在原来的对话里再要一次结果。',
      wait: (seconds) => `错误的链接太多，请在 ${n.count(seconds)} 秒后再试。`,
    },
    list: {
      title: '结果的下载链接',
      item: (name) => `供 ${name} 使用，有效期至 `,
      end: '撤销',
    },
  }
}
