// Written by “bun run texts” from ../zh/sentences-intake.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { INTAKE } from '../../../engine/sentences/intake.ts'
import type { Numbers } from '../numbers.ts'

const PACK_AGAIN = () => '請重新壓縮後再傳送。'

/** See engine/sentences/intake.ts. */
export const sentencesIntake = (n: Numbers): SentencesOf<typeof INTAKE> => ({
  'no-file-in-it': () => '裡面沒有檔案。',
  'do-send-workbook-or-files': () => '請傳送試算表，或傳送檔案，每個檔案一列。',
  'too-many-files': ({ count, most }) => `共 ${n.count(count)} 個檔案，超過了 ${n.count(most)} 個的上限。`,
  'files-too-large': ({ megabytes }) => `這些檔案合計超過 ${n.count(megabytes)} MB。`,
  'do-raise-files-mb': () => '請減少每次傳送的檔案，或調高 ROWBOT_MAX_FILES_MB。',
  'sheet-too-large': ({ name, megabytes }) => `「${name}」超過 ${n.count(megabytes)} MB。`,
  'do-split-or-raise': () => '請將它拆分，或調高 ROWBOT_MAX_FILE_MB。',
  'files-not-received': ({ count, of, names }) =>
    `${n.count(of)} 個檔案中有 ${n.count(count)} 個無法取得：${names.join('、')}。`,
  'do-send-all-again': () => '沒有接收任何檔案，請全部重新傳送。',
  'workbook-among-files': ({ name }) => `「${name}」是試算表，這裡只新增其他檔案。`,
  'do-send-workbook-elsewhere': () => '請在更換檔案的位置傳送它；這裡請傳送儲存格中提到的檔案。',
  'zip-damaged': ({ zip }) => `「${zip}」已損壞或不完整。`,
  'do-pack-again': PACK_AGAIN,
  'zip-empty': ({ zip }) => `「${zip}」裡沒有檔案。`,
  'do-pack-files-again': PACK_AGAIN,
  'zip-too-many': ({ zip, most }) => `「${zip}」裡的檔案超過 ${n.count(most)} 個的上限。`,
  'zip-bomb': ({ zip, name }) => `「${zip}」中的「${name}」解壓縮後超過壓縮大小的 200 倍。`,
  'do-send-unpacked': () => '正常的檔案不會這樣，因此沒有接收任何檔案。如確實需要，請直接傳送解壓縮後的檔案。',
  'zip-password': ({ zip, name }) => `「${zip}」中的「${name}」有密碼保護。`,
  'do-pack-without-password': () => '請不設密碼重新壓縮後再傳送。',
  'zip-path': ({ zip, name }) => `「${zip}」中「${name}」的路徑指向壓縮檔之外。`,
  'do-pack-names-inside': () => '請重新壓縮，只使用壓縮檔內的路徑。',
  'zip-link': ({ zip, name }) => `「${zip}」中的「${name}」是連結，不是檔案。`,
  'do-pack-its-file': () => '請壓縮它所指向的檔案。',
  'zip-twice': ({ zip, name }) => `「${zip}」中有兩個「${name}」。`,
  'do-pack-own-names': () => '請為每個檔案使用不同的名稱，重新壓縮。',
  'zip-method': ({ zip, name }) => `「${zip}」中的「${name}」採用了 Rowbot 無法解壓縮的壓縮方式。`,
  'do-pack-ordinary': () => '請壓縮成一般 ZIP（deflate）後再傳送。',
  'zip-entry-damaged': ({ zip, name }) => `「${zip}」中的「${name}」已損壞。`,
})
