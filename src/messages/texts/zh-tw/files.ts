// Written by “bun run texts” from ../zh/files.ts: change that file, or scripts/zh-tw/words.ts.
import type { RefusalText } from '../zh/files.ts'
import type { files as english } from '../en/files.ts'
import type { Numbers } from '../numbers.ts'

const FEWER = '請減少檔案數量，或調高 ROWBOT_MAX_FILES。'
const PACK_AGAIN = '請重新壓縮後再傳送。'

/** Why files are refused; each fits the sentence of the same name of the intake, which has them in English. */
const sentences = (n: Numbers) => ({
  nothing: (): RefusalText => ['裡面沒有檔案。', '請傳送試算表，或傳送檔案，每個檔案一列。'],
  tooMany: (count: number, most: number): RefusalText => [
    `共 ${n.count(count)} 個檔案，超過了 ${n.count(most)} 個的上限。`,
    FEWER,
  ],
  tooLarge: (megabytes: number): RefusalText => [
    `這些檔案合計超過 ${n.count(megabytes)} MB。`,
    '請減少每次傳送的檔案，或調高 ROWBOT_MAX_FILES_MB。',
  ],
  sheetTooLarge: (name: string, megabytes: number): RefusalText => [
    `「${name}」超過 ${n.count(megabytes)} MB。`,
    '請將它拆分，或調高 ROWBOT_MAX_FILE_MB。',
  ],
  notFetched: (names: string, count: number, of: number): RefusalText => [
    count === 1
      ? `無法取得「${names}」。`
      : `${n.count(of)} 個檔案中有 ${n.count(count)} 個無法取得：${names}。`,
    '沒有接收任何檔案，請全部重新傳送。',
  ],
  workbookAmong: (name: string): RefusalText => [
    `「${name}」是試算表，這裡只新增其他檔案。`,
    '請在更換檔案的位置傳送它；這裡請傳送儲存格中提到的檔案。',
  ],
  zipDamaged: (zip: string): RefusalText => [`「${zip}」已損壞或不完整。`, PACK_AGAIN],
  zipEmpty: (zip: string): RefusalText => [`「${zip}」裡沒有檔案。`, PACK_AGAIN],
  zipTooMany: (zip: string, most: number): RefusalText => [
    `「${zip}」裡的檔案超過 ${n.count(most)} 個的上限。`,
    FEWER,
  ],
  zipBomb: (zip: string, name: string): RefusalText => [
    `「${zip}」中的「${name}」解壓縮後超過壓縮大小的 200 倍。`,
    '正常的檔案不會這樣，因此沒有接收任何檔案。如確實需要，請直接傳送解壓縮後的檔案。',
  ],
  zipPassword: (zip: string, name: string): RefusalText => [
    `「${zip}」中的「${name}」有密碼保護。`,
    '請不設密碼重新壓縮後再傳送。',
  ],
  zipPath: (zip: string, name: string): RefusalText => [
    `「${zip}」中「${name}」的路徑指向壓縮檔之外。`,
    '請重新壓縮，只使用壓縮檔內的路徑。',
  ],
  zipLink: (zip: string, name: string): RefusalText => [
    `「${zip}」中的「${name}」是連結，不是檔案。`,
    '請壓縮它所指向的檔案。',
  ],
  zipTwice: (zip: string, name: string): RefusalText => [
    `「${zip}」中有兩個「${name}」。`,
    '請為每個檔案使用不同的名稱，重新壓縮。',
  ],
  zipMethod: (zip: string, name: string): RefusalText => [
    `「${zip}」中的「${name}」採用了 Rowbot 無法解壓縮的壓縮方式。`,
    '請壓縮成一般 ZIP（deflate）後再傳送。',
  ],
  zipEntryDamaged: (zip: string, name: string): RefusalText => [`「${zip}」中的「${name}」已損壞。`, PACK_AGAIN],
})

export const files = (
  n: Numbers,
): ReturnType<typeof english> & { sentences: ReturnType<typeof sentences> } => ({
  file: '檔案',
  type: '類型',
  size: '大小',
  filesName: (count) => `${n.count(count)} 個檔案`,
  links: {
    google:
      '這是一個 Google 連結，我不會開啟連結。請在那裡選擇「檔案 → 下載 → Microsoft Excel (.xlsx)」，再把下載的檔案傳給我。',
    microsoft:
      '這是一個 Microsoft 365 連結，我不會開啟連結。請在那裡選擇「檔案 → 建立副本 → 下載副本」，再把下載的檔案傳給我。',
    slack:
      '這是一個 Slack 連結，我不會開啟連結。請在帶有檔案的那則訊息的 ⋯ 選單裡選「Run as batch」，或者下載檔案後傳給我。',
    discord:
      '這是一個 Discord 連結，我不會開啟連結。請在帶有檔案的那則訊息上按右鍵 → 應用程式 →「批次執行」，或者下載檔案後傳給我。',
    cloud: '這是一個檔案連結，我不會開啟連結。請在那裡下載，再傳給我。',
    file: '這是一個檔案連結，我不會開啟連結。請下載後傳給我。',
  },
  sentences: sentences(n),
})
