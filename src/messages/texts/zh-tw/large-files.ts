// Written by “bun run texts” from ../zh/large-files.ts: change that file, or scripts/zh-tw/words.ts.
import type { LargeFileFacts, largeFiles as en } from '../en/large-files.ts'
import type { Numbers } from '../numbers.ts'

export const largeFiles = (n: Numbers): ReturnType<typeof en> => {
  const tooLarge = ({ what, bytes, chat }: LargeFileFacts) =>
    `${what === 'result' ? '結果檔案' : '各列產生的檔案'}（${n.size(bytes)}）太大，${chat} 無法傳送`
  return {
    zipped: (facts) => `${tooLarge(facts)}，所以改為 ZIP 壓縮的 CSV。`,
    inNew: (facts) => `${tooLarge(facts)}，所以沒有寫進您的活頁簿，而是放在新的活頁簿裡。`,
    part: (facts, part, parts, rows) =>
      `${part === 1 ? `${tooLarge(facts)}，所以拆成了幾個。` : ''}第 ${part} 部分，共 ${parts} 部分：第 ${n.count(rows.from)} 至 ${n.count(rows.to)} 列`,
    link: (facts, link) => [
      `${tooLarge(facts)}。`,
      link,
      ' 此連結僅供您本人使用，24 小時內有效，無需登入，請不要轉傳。',
    ],
    download: '點此下載。',
    linkSent: (facts, person) => [`${tooLarge(facts)}，已用私訊把連結傳給 `, person, '。'],
    linkSentToYou: (facts) => `${tooLarge(facts)}，已用私訊把連結傳給您。`,
    unreachable: (facts, person) => [
      `${tooLarge(facts)}。本想把連結傳給 `,
      person,
      '，但您不接收我的私訊。請允許私訊，或直接傳訊息給我，我就把連結傳給您。',
    ],
    unreachableYou: (facts) =>
      `${tooLarge(facts)}。本想把連結傳給您，但您不接收我的私訊。請允許私訊，或在私訊裡再要一次。`,
    page: {
      title: '您的結果',
      of: (file) => `來自 ${file}`,
      forWhom: (name) => `供 ${name} 使用，有效期至 `,
      result: '下載結果',
      csv: 'CSV 格式',
      files: '下載檔案（ZIP）',
      rights: '任何人拿到此連結都能下載，請不要轉傳。',
      end: '停用此連結',
      endedTitle: '此連結已失效',
      ended: '此連結已失效。請在原來的對話裡再要一次結果。',
      wait: (seconds) => `錯誤的連結太多，請在 ${n.count(seconds)} 秒後再試。`,
    },
    list: {
      title: '結果的下載連結',
      item: (name) => `供 ${name} 使用，有效期至 `,
      end: '撤銷',
    },
  }
}
