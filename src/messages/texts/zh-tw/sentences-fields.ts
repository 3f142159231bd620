// Written by “bun run texts” from ../zh/sentences-fields.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { FIELDS } from '../../../engine/sentences/fields.ts'
import type { Numbers } from '../numbers.ts'

/** See engine/sentences/fields.ts. */
export const sentencesFields = (n: Numbers): SentencesOf<typeof FIELDS> => ({
  'field-missing': () => '沒有填寫',
  'must-be-text': () => '必須是文字',
  'must-be-number': () => '必須是數字',
  'must-be-whole': () => '必須是整數',
  'must-be-boolean': () => '必須是 true 或 false',
  'must-be-list': () => '必須是清單',
  'must-be-object': () => '必須是物件',
  'must-be-file': () => '必須是檔案',
  'must-be-one-of': ({ choices }) => `必須是其中之一：${choices.join('、')}`,
  'must-be-just': ({ value }) => `必須是 ${value}`,
  'must-be-url': () => '必須是網址',
  'must-not-be-empty': () => '不能為空',
  'must-have-form': () => '格式不符合要求',
  'at-most-characters': ({ most }) => `最多 ${n.count(most)} 個字元`,
  'at-least-characters': ({ count }) => `至少 ${n.count(count)} 個字元`,
  'at-most-entries': ({ most }) => `最多 ${n.count(most)} 項`,
  'at-least-entries': ({ count }) => `至少 ${n.count(count)} 項`,
  'must-be-at-most': ({ most }) => `不能大於 ${n.count(most)}`,
  'must-be-at-least': ({ count }) => `不能小於 ${n.count(count)}`,
  'must-be-limit': () => '必須是金額加貨幣，如 5 USD，或 token 數，如 200k tokens',
  'must-be-month-limit': () => '必須寫成 50 USD 或 200000 tokens 這樣',
  'give-one-of': ({ names }) => `請只給其中之一：${names.join('、')}`,
  'is-other-name': ({ other }) => `是 ${other} 的另一個名稱，只能傳送其中一個`,
  'fields-unknown': ({ fields }) => fields.join('；'),
  'name-not-known': ({ name }) => `沒有「${name}」這個名稱`,
  'name-unknown': ({ name, names }) => `沒有「${name}」這個名稱。可用的名稱：${names.join('、')}`,
  'name-unknown-near': ({ name, near, names }) =>
    `沒有「${name}」這個名稱。是否指「${near}」？可用的名稱：${names.join('、')}`,
  'name-unknown-none': ({ name }) => `沒有「${name}」這個名稱。這個介面沒有參數`,
})
