// Written by “bun run texts” from ../zh/faults.ts: change that file, or scripts/zh-tw/words.ts.
import type { FaultSentence, Say } from '../zh/faults.ts'
import type { Numbers } from '../numbers.ts'

export const faults = (n: Numbers) =>
  ({
    'no-rows': () => say('標題列下面沒有資料列。', '請至少填寫一列，或選擇其他工作表。'),
    'missing-column': ({ label, guess }) =>
      say(
        `缺少「${label}」欄，這一項必填。`,
        guess
          ? `是「${guess}」這一欄嗎？請修改標題，或選擇對應的欄。`
          : '請新增這一欄，選擇對應的欄，或填寫一個所有列共用的值。',
      ),
    'ambiguous-column': ({ label, columns }) =>
      say(`${columns.join('、')} 欄的標題都像「${label}」。`, '請修改其他欄的標題，或選擇其中一欄。'),
    'near-column': ({ label, heading }) =>
      say(`沒有名為「${label}」的欄，是「${heading}」這一欄嗎？`, '請選擇對應的欄，或將該輸入留空。'),
    'nothing-fed': () => say('這張工作表沒有任何欄對應輸入。', '請選擇對應的欄、其他工作表或其他標題列。'),
    'missing-value': ({ label }) =>
      say(`「${label}」必填，而檔案本身不提供這一項。`, '請為所有列填寫同一個值。'),
    'no-file-input': () => say('該工作流程沒有接受檔案的輸入。', '請選擇其他工作流程，或將試算表與檔案一起傳送。'),
    'which-file-input': ({ labels }) =>
      say(`這些檔案可以用於多個輸入：${list(labels)}。`, '請為其中一個選擇「檔案」欄。'),
    'two-sheets': ({ sheets, sheet }) =>
      say(
        `${list(sheets.map((name) => `「${name}」`))}都符合該工作流程，目前顯示的是「${sheet}」。`,
        '請選擇要執行的工作表。',
      ),
    'rows-above': ({ row, count }) =>
      say(
        `第 ${n.count(row)} 列是標題列，但它上方還有 ${n.count(count)} 列資料，這些列不會執行。`,
        '請選擇標題列。',
      ),
    'two-heading-rows': ({ row, next }) =>
      say(
        `第 ${n.count(row)} 列像是第 ${n.count(next)} 列標題列上方的分組標題。`,
        `請選擇第 ${n.count(next)} 列作為標題列，或兩列合用。`,
      ),
    required: ({ label }) => say(`${label} 為空，這一項必填。`),
    'refused-default': ({ label }) =>
      say(`${label} 為空，而應用程式的預設值不在可選值之內。`, '請填寫其中一個可選值。'),
    'required-picture': ({ label }) =>
      say(`儲存格裡是圖片；${label} 必填。`, '請改填文字；如果是檔案，請填寫檔案網址。'),
    'too-long': ({ label, length, max, upTo }) =>
      say(`${upTo ? '最長 ' : ''}${n.count(length)} 個字元；${label} 最多 ${n.count(max)} 個。`),
    'not-an-option': ({ value, options, guess }) =>
      say(`${quote(value)}不是可選值：${list(options)}。`, didYouMean(guess)),
    'not-a-number': ({ label, value, guess }) =>
      say(`${quote(value)}不是數字；${label} 需要數字。`, didYouMean(guess)),
    'not-yes-or-no': ({ label, value }) =>
      say(`${quote(value)}既不是「是」也不是「否」。`, `${label} 可填 yes 或 no、true 或 false、1 或 0。`),
    'not-json': ({ value, curlyQuotes }) =>
      say(
        `${quote(value)}不是 JSON。`,
        curlyQuotes
          ? 'JSON 要用半形直引號 (")，不能用彎引號（“ ”）。'
          : '請寫成物件，例如 {"colour": "red"}。',
      ),
    'not-a-json-object': ({ value }) =>
      say(`${quote(value)}不是 JSON 物件。`, '請寫成物件，例如 {"colour": "red"}。'),
    'json-schema': ({ label, where, problem }) =>
      say(`${label}${where ? ` 的 ${where}` : ''} 不符合要求：${problem}。`),
    'not-an-address': ({ value }) => say(`${quote(value)}不是檔案網址。`, '請填寫以 https:// 開頭的網址。'),
    'not-https': ({ value }) => say(`${quote(value)}不以 https:// 開頭。`, '請填寫以 https:// 開頭的網址。'),
    'share-folder': ({ value, service }) =>
      say(`${quote(value)}是 ${service} 資料夾的連結。`, '請填寫檔案本身的連結。'),
    'share-page': ({ value, service }) =>
      say(`${quote(value)}開啟的是 ${service} 的頁面，不是檔案。`, '請填寫可直接下載該檔案的網址。'),
    'share-link': ({ service, as }) =>
      say(
        `${service} 的分享連結會改為下載連結傳送${as ? `（匯出為 ${as}）` : ''}。`,
        '檔案需設為「知道連結的任何人可檢視」。',
      ),
    'guessed-file-type': ({ as = '' }) =>
      say(
        `從網址看不出檔案類型，將以「${TYPES[as] ?? as}」傳送。`,
        'Dify 會拒絕類型不符的檔案；以 .pdf、.png 等結尾的網址可以看出類型。',
      ),
    'file-type': ({ label, value, allowed }) =>
      say(`${label} 不接受${quote(value)}這種檔案，可用類型：${list(allowed)}。`),
    'no-such-file': ({ value, count, guess }) =>
      say(
        `隨試算表傳送的 ${n.count(count)} 個檔案中沒有${quoteFile(value)}。`,
        didYouMean(guess) ?? '請一併傳送該檔案，或修改名稱。',
      ),
    'no-files': ({ value }) =>
      say(
        `${quoteFile(value)}是檔名，但沒有隨試算表一起傳送檔案。`,
        '請將檔案與試算表一起傳送，或填寫以 https:// 開頭的網址。',
      ),
    'file-twice': ({ value, paths }) =>
      say(
        `有多個檔名為${quoteFile(value)}：${list(paths)}。`,
        '請寫明所在資料夾，或修改其中一個檔案的名稱。',
      ),
    'only-links': ({ label, value }) =>
      say(
        `${label} 只接受連結，而${quoteFile(value)}是檔名。`,
        '請填寫以 https:// 開頭的網址，或在工作流程中允許本地上傳。',
      ),
    'empty-file': ({ value }) => say(`${quoteFile(value)}是空檔案（0 位元組）。`, '請重新傳送。'),
    'large-file': ({ value, as = '', max }) =>
      say(
        `${quoteFile(value)}超過 ${n.count(max)} MB，這是伺服器對${TYPES[as] ?? as}的上限。`,
        '請傳送較小的檔案，或提高 Dify 伺服器的上限。',
      ),
    'misnamed-file': ({ value, as = '', extension }) =>
      say(
        `${quoteFile(value)}的內容${as === '' ? '' : as === 'html' ? '是網頁 (HTML)，' : `是 ${as.toUpperCase()}，`}不是檔名所示的 ${extension.toUpperCase()}。`,
        as === 'html' ? '可能是登入頁面：請重新下載該檔案。' : '請傳送正確的檔案，或改用正確的副檔名。',
      ),
    'renamed-picture': ({ value, as = '' }) =>
      say(`${quoteFile(value)}的內容是 ${as.toUpperCase()}，將以該副檔名傳送。`),
    'unused-files': ({ count, names }) =>
      say(
        `隨試算表傳送的 ${n.count(count)} 個檔案沒有任何列使用：${names.join('、')}${names.length < count ? ' 等' : ''}。`,
      ),
    'files-alike': ({ names }) => say(`有內容不同但名稱相同的檔案：${list(names)}。`),
    'too-many-files': ({ label, length, max, upTo }) =>
      say(`${upTo ? '最多的有 ' : ''}${n.count(length)} 個檔案；${label} 最多 ${n.count(max)} 個。`),
    'error-cell': ({ value }) =>
      say(value === '' ? '儲存格顯示錯誤值。' : `儲存格顯示錯誤 ${value}。`, '請修正公式，或直接填寫值。'),
    uncalculated: () => say('儲存格裡的公式沒有計算結果。', '請用 Excel 開啟並儲存檔案，再重新傳送。'),
    'only-column': ({ label, heading }) => say(`只有「${heading}」這一欄，因此用於「${label}」。`),
    'only-constants': () =>
      say('沒有任何欄對應輸入，因此每一列提問都相同。', '如非本意，請選擇對應的欄或其他工作表。'),
    'decimal-comma': ({ value, guess }) =>
      say(
        `${quote(value)}有兩種讀法：檔案中其他數字以逗號作為小數點。`,
        guess === undefined ? undefined : `是 ${guess} 嗎？請去掉千分位符號，並以句點作為小數點。`,
      ),
    'too-many-cells': ({ headings }) =>
      say(
        `該列的儲存格比標題列（${n.count(headings)} 個）多。`,
        '如果文字中含有分隔符號，請給它加上引號，或選擇其他分隔符號。',
      ),
    'long-number': () =>
      say('數字超過 15 位，Excel 無法完整儲存。', '如果是編號，請把該欄設為文字格式後重新輸入。'),
    'hidden-by-format': ({ sent }) =>
      say(`儲存格因格式設定看似為空，但其中的值仍會傳送，如「${sent}」。`, '如果不需要傳送，請清除該儲存格。'),
    'shown-as-hashes': ({ sent }) =>
      say(`Excel 只顯示 ####，會傳送原值，如「${sent}」。`, '請修正日期或儲存格格式。'),
    'shown-without-year': ({ sent }) => say(`儲存格顯示的日期沒有年份，會傳送完整日期，如「${sent}」。`),
    'shown-with-exponent': ({ sent }) => say(`Excel 以科學記號顯示該數字，會傳送全部數字，如「${sent}」。`),
    'hidden-rows': () => say('隱藏的列也包括在內。', '如需略過，請選擇僅可見列。'),
    'merged-cells': () => say('有跨列合併的儲存格，其中只有第一列有值。', '請取消合併，並逐列填寫。'),
    'web-page': () =>
      say(
        '檔案其實是名為 .xls 的網頁：已讀取其中的表格，所有儲存格都當作文字。',
        '如果與預期不符，請用 Excel 開啟並另存為 .xlsx。',
      ),
    'covered-value': () => say('合併儲存格下面藏有一個值，不會傳送。', '如需傳送，請取消合併。'),
    'picture-in-cell': () => say('儲存格裡是圖片，視為空白儲存格。'),
    'picture-over-cell': () => say('有圖片浮在這些列上，不會傳送。'),
    'totals-row': () => say('這是表格的合計列，已略過。'),
    'unlike-row': () =>
      say('這一列看起來像合計、標題、備註或另一張表，仍會執行。', '如需略過，請指定要執行的列。'),
    'below-table': () => say('表格下方的列已略過。', '如果是資料，請指定表格的最後一列。'),
    'hidden-rows-left-out': () => say('隱藏的列已略過。'),
    'rows-left-out': () => say('未選中的列已略過。'),
    macros: () => say('檔案包含巨集。巨集不會執行，結果檔案中也不會保留。'),
    'guessed-encoding': ({ encoding }) =>
      say(
        `檔案以 ${encoding} 編碼讀取，這只是推測。`,
        '如果預覽中有亂碼，請另存為「CSV UTF-8」，或選擇其他編碼。',
      ),
  }) satisfies Record<string, Say>

const TYPES: Record<string, string> = {
  image: '圖片',
  document: '文件',
  audio: '音訊',
  video: '影片',
  custom: '其他類型',
}

function say(message: string, hint?: string): FaultSentence {
  return hint === undefined ? { message } : { message, hint }
}

function didYouMean(guess: string | undefined): string | undefined {
  return guess === undefined ? undefined : `是不是「${guess}」？`
}

const QUOTED_CHARS = 40
const LISTED = 12

function quote(value: string): string {
  if (value === '') return '該值'
  const chars = [...value.replaceAll(/\s+/g, ' ')]
  return `「${chars.length > QUOTED_CHARS ? `${chars.slice(0, QUOTED_CHARS - 1).join('')}…` : chars.join('')}」`
}

function quoteFile(value: string): string {
  return value === '' ? '該檔案' : quote(value)
}

function list(words: string[]): string {
  return words.length > LISTED
    ? `${words.slice(0, LISTED).join('、')} 等 ${words.length} 項`
    : words.join('、')
}
