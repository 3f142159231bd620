// Written by “bun run texts” from ../zh/sentences-answers.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { ANSWERS } from '../../../engine/sentences/answers.ts'

/** See engine/sentences/answers.ts. */
export const sentencesAnswers = (): SentencesOf<typeof ANSWERS> => ({
  'question-not-there': () => '這個問題已經不在了。',
  'do-task-may-be-deleted': () => '它的任務可能已被刪除。',
  'sandbox-elsewhere': () => '內建沙盒在執行任務的那個處理程序裡，因此只能在那裡回答它的列。',
  'do-answer-there': () => '請在那個處理程序的頁面上回答。',
  'only-in-dify': () => '這個問題只能在 Dify 中回答。',
  'do-open-run': () => '請在 Dify 中開啟這個工作流程的執行。',
  'row-does-not-wait': ({ row }) => `第 ${row} 列現在不在等待這個回答。`,
  'do-it-went-on': () => '它的任務已停止，或者這一列剛剛繼續執行了。',
  'cannot-be-answered': () => '無法向 Dify 提交回答。',
  'answered-in-dify': ({ row }) => `第 ${row} 列已經在 Dify 中回答過了。`,
  'answered-by': ({ person, row, answer }) => `${person} 已經回答了第 ${row} 列：${answer}。`,
  'do-nothing-was-changed': () => '沒有任何改動。這一列會按那個回答繼續執行。',
  'answer-refused': ({ error }) => `Dify 沒有接受這個回答：${error}`,
  'do-change-and-send': () => '請修改後再次提交。',
  'answer-too-late': ({ row }) => `第 ${row} 列已無法回答：時限已過，或 Dify 中已沒有這個問題。`,
  'do-dify-is-asked': () => 'Rowbot 正在向 Dify 查詢這次執行的結果。',
  'answer-not-sent': ({ error }) => `回答沒能提交：${error}`,
  'do-try-in-a-moment': () => '請稍後重試。',
  'answer-unconfirmed': ({ row, error }) => `Dify 還沒有確認第 ${row} 列的回答：${error}`,
  'do-it-is-found-out': () => 'Rowbot 會查明回答是否送達，沒有送達就會再次詢問。',
  'time-is-up': ({ row }) => `第 ${row} 列已無法回答：時限已過。`,
  'do-retry-row': () => '請重試這一列。',
  'button-gone': () => '這個按鈕已經不在了。',
  'no-such-button': ({ button }) => `沒有「${button}」這個按鈕。`,
  'do-choose-of': ({ choices }) => `可選的有：${choices.join('、')}。`,
  'form-without-fields': () => '它沒有輸入項。',
  'do-fields-are': ({ fields }) => `它的輸入項有：${fields.join('、')}。`,
  'no-such-field': ({ names }) => `沒有欄位${names.map((name) => `「${name}」`).join('、')}。`,
  'field-must-be-text': ({ field }) => `「${field}」必須是文字。`,
  'field-must-be-one-of': ({ field, choices }) => `「${field}」必須是其中之一：${choices.join('、')}。`,
  'field-asks-for-file': ({ field }) => `「${field}」需要檔案，只能在 Dify 中提供。`,
})
