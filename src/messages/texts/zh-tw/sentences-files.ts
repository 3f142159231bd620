// Written by “bun run texts” from ../zh/sentences-files.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { FILES } from '../../../engine/sentences/files.ts'
import { mb } from '../../../engine/sentences/words.ts'

/** See engine/sentences/files.ts. */
export const sentencesFiles = (): SentencesOf<typeof FILES> => ({
  uploading: ({ error }) => `上傳檔案時：${error}`,
  'upload-without-place': () => 'Dify 沒有說明上傳的檔案存放在哪裡。',
  'file-not-kept': ({ name }) => `檔案「${name}」已不再保留。`,
  'upload-damaged': ({ id }) => `上傳 ${id} 的檔案無法解密：它在資料庫中被改動過，或已損壞。`,
  'do-restore-upload': () => '請從備份恢復資料庫，或重新傳送檔案。',
  'file-damaged': ({ name }) => `檔案「${name}」在 Rowbot 的存放處被改動過，無法傳送。`,
  'bucket-missing': () => '存放 Rowbot 檔案的儲存桶不存在。',
  'bucket-refuses': ({ code }) => `存放 Rowbot 檔案的儲存桶拒絕了 Rowbot 的金鑰（${code}）。`,
  'bucket-away': ({ code }) => `存放 Rowbot 檔案的儲存桶沒有回應（${code}）。`,
  'kept-file-damaged': () => '存放 Rowbot 檔案的地方返回的內容與儲存時不同。',
  'do-wait-for-files': () => '請一分鐘後重試。如果仍然不行，請讓管理員檢查存放檔案的地方。',

  'address-refused': ({ address, why }) => `「${address}」${why}`,
  'address-none': () => '不是網址。',
  'address-not-https': () => '不是 https 網址，而只有這種網址才會下載。',
  'address-password': () => '中含有密碼，這樣的網址不會下載。',
  'address-private': () => '位於內部網路中。',
  'link-redirects': ({ address }) => `「${address}」重定向的次數太多。`,
  'link-status': ({ address, status }) => `無法下載「${address}」（HTTP ${status}）。`,
  'link-unreachable': ({ address, why }) => `無法下載「${address}」：${why}。`,
  'unknown-reason': () => '原因不明',
  'link-too-large': ({ address, bytes }) => `「${address}」超過了 Dify 允許的 ${mb(bytes)}。`,
  'link-to-web-page': ({ address }) => `「${address}」指向的是網頁，不是檔案。可能需要先在那裡登入。`,
  'link-not-an-image': ({ address, type }) => `「${address}」指向的是 ${type} 類型的檔案，不是圖片。`,
  'link-not-a-sound': ({ address, type }) => `「${address}」指向的是 ${type} 類型的檔案，不是音訊。`,
  'link-not-a-video': ({ address, type }) => `「${address}」指向的是 ${type} 類型的檔案，不是影片。`,

  'output-without-link': () => 'Dify 沒有給出檔案的連結。',
  'output-link-refused': ({ host, why }) => `檔案的連結指向 ${host}，它${why}`,
  'output-link-nowhere': () => '檔案的連結沒有指向任何地方。',
  'output-link-redirects': () => '檔案的連結重定向的次數太多。',
  'output-link-private': () => '檔案的連結位於內部網路中。',
  'output-link-ended': ({ status }) => `Dify 給出的檔案連結已失效（HTTP ${status}）。`,
  'output-server-status': ({ status }) => `檔案所在的伺服器返回了 HTTP ${status}。`,
  'output-server-unreachable': ({ why }) => `無法訪問檔案所在的伺服器：${why}。`,
  'output-too-large': ({ bytes }) => `檔案超過了下載上限 ${mb(bytes)}。`,
  'outputs-too-large': ({ bytes }) => `這個任務的檔案合計超過 ${mb(bytes)}，其餘的不再下載。`,
  'output-took-too-long': () => '下載檔案耗時過長。',
  'output-broke': () => '檔案還沒下載完，連線就中斷了。',
  'output-web-page': () => '檔案的連結開啟的是網頁，例如登入頁。',
  'output-not-fetched': ({ why }) => `無法下載檔案：${why}。`,
  'too-many-output-files': ({ max }) => `每列只下載前 ${max} 個檔案。`,

  'no-such-column': ({ column }) => `沒有「${column}」這一欄。`,
  'several-columns-headed': ({ heading }) => `有多欄的標題都是「${heading}」。`,
  'do-name-column-by-letters': ({ letters }) => `請改用欄號，如 ${letters}。`,
  'do-name-a-column': ({ headings }) => `現有的欄：${headings}。`,
  'did-you-mean': ({ name }) => `是不是「${name}」？`,
  'too-many-columns': ({ most }) => `最多用 ${most} 欄來識別一列。`,
})
