// Written by “bun run texts” from ../zh/files.ts: change that file, or scripts/zh-tw/words.ts.
import type { files as english } from '../en/files.ts'
import type { Numbers } from '../numbers.ts'

export const files = (n: Numbers): ReturnType<typeof english> => ({
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
})
