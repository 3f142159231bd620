// Written by “bun run texts” from ../zh/sentences-runs.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { RUNS } from '../../../engine/sentences/runs.ts'
import type { Numbers } from '../numbers.ts'

/** See engine/sentences/runs.ts. */
export const sentencesRuns = (n: Numbers): SentencesOf<typeof RUNS> => ({
  'workflow-failed-silently': () => '工作流程失敗。',
  'workflow-failed-with': ({ words }) => `工作流程失敗：「${words}」`,
  'failed-before-first-step': ({ words }) => `Dify 說這次執行在第一步之前就失敗了：「${words}」`,
  'run-not-begun': ({ words }) => `Dify 沒有開始這次執行：「${words}」`,
  'stopped-in-dify': () => '這次執行在 Dify 中被停止。',
  'stopped-in-dify-with': ({ words }) => `這次執行在 Dify 中被停止：「${words}」`,
  'outputs-until-then': ({ error, outputs }) => `${error}Dify 保留了在此之前的輸出：${outputs.join('、')}。`,
  'unknown-run-status': ({ status }) => `Dify 說這次執行的狀態是「${status}」，Rowbot 不認識這個狀態。`,
  'some-steps-failed': ({ steps }) => `工作流程的部分步驟失敗${named(steps)}。`,
  'some-steps-failed-with': ({ steps, words }) => `工作流程的部分步驟失敗${named(steps)}：「${words}」`,
  'nested-too-deep': ({ levels }) => `工作流程成功了，但它的輸出巢狀超過 ${levels} 層，無法儲存。`,
  'answer-cut-at-start': () => '回答還沒寫出第一個字就被截斷：Dify 結束了它，沒有統計 token。',
  'answer-cut': ({ characters }) =>
    `回答寫到 ${n.count(characters)} 個字元時被截斷：Dify 結束了它，沒有統計 token。`,

  'accepted-without-events': () => 'Dify 接受了呼叫，但沒有傳送這次執行的事件。',
  'stream-closed-early': () => '執行還沒結束，Dify 就關閉了串流。',
  'stream-ended-not-over': () => 'Dify 結束了串流，卻說這次執行還沒有結束。',
  'unreadable-end': () => 'Dify 報告執行結束的方式，Rowbot 無法讀取。',
  'answer-over-32-mb': () => 'Dify 的回答超過 32 MB。',
  'not-joined': () => '無法重新接入這次執行。',
  'not-joined-without-id': () => '沒有編號的執行無法重新接入。',
  'unreadable-look-up': () => 'Dify 報告執行結果的方式，Rowbot 無法讀取。',
  'unreadable-state': () => 'Rowbot 無法讀取 Dify 對執行結束的說明。請在 Dify 中查看這次執行。',
  'look-up-failed': () => '無法向 Dify 查詢這次執行。',
  'too-many-runs': () => 'Dify 列出的執行太多，找不到這一次。',
  'outputs-gone': () => 'Dify 的日誌說這次執行成功了，但它的輸出已經不在了。',

  'timed-out': ({ ms }) => `執行超過 ${n.duration(ms)}，已逾時。`,
  'timed-out-still-running': ({ ms, since }) =>
    `執行超過 ${n.duration(ms)}，已逾時。Dify 仍說正在執行，但 ${since} 之後再沒有動靜。`,
  'not-started-in-time': () => 'Dify 在這一列的時限內沒有開始回答。',
  'not-uploaded-in-time': ({ ms }) => `檔案沒有在 ${n.duration(ms)}內上傳完。`,
  'fate-unknowable': ({ error }) => `${error}無法查明這次呼叫的結果，它可能已經計費。`,
  'was-stopped': () => '它已被停止。',
  'stopped-after-pause': ({ error }) =>
    `${error}它曾等待人工回答：時限已過，或回答遺失（Dify 1.16.1 會出現這種情況）。重試會開始一次新的執行，並重新提問。`,
  'went-on-after-pause': () =>
    'Dify 說這次執行已停止，但它在等待人工回答之後繼續執行了，輸出也在：Dify 1.16.1 會這樣誤報。',
  'no-run-of-it': ({ error }) => `${error}Dify 中沒有它的執行。`,
  'rowbot-ended': () => '這一列執行期間，Rowbot 退出了。',
  'lost-in-queue': ({ times }) => `在 Dify 的佇列中等待了 ${times} 次，一直沒有開始。`,
  'files-lost': ({ times, error }) =>
    `這一列的檔案上傳了 ${times} 次，Dify 仍找不到。請檢查它的檔案儲存是否正常，然後重試這一列。${error}`,

  'waits-at-dify': () => '在 Dify 中等待',
  'waits-for-answer': ({ titles }) => `等待回答：${titles.join('、')}`,
  'question-gone': ({ title }) => `Dify 中已沒有問題「${title}」，因此無法回答。`,
  'nobody-answered': ({ until, titles }) => `到 ${until} 為止沒有人回答${inBrackets(titles)}。`,
  'nobody-answered-on': ({ until, day, titles }) =>
    `到 ${day} ${until} 為止沒有人回答${inBrackets(titles)}。`,

  'still-waits-at-dify': () => '在等待回答時被停止。它的執行仍在 Dify 中等待，Dify 無法停止這樣的執行。',
  'two-runs-succeeded': ({ first, second }) =>
    `這一列有兩次執行成功：${first}（結果取自這一次）和 ${second}。`,
  'one-run': () => '其中一次',
  'another-run': () => '另一次',
  both: ({ first, second }) => `${first}${second}`,

  'log-by': ({ person }) => `操作者：${person}`,
  'log-at-limit': () => '達到上限',
  'log-at-month-limit': () => '達到本月上限',
  'log-after-trial': () => '試執行之後',
  'log-answered': ({ question, answer, person }) => `${question}：${answer}，回答人：${person}`,
  'log-interrupted': () => '執行它的處理程序在中途退出，正在向 Dify 查詢結果。',
  'log-ran-when-stopped': () => '任務停止時它正在執行。',
  'log-maybe-paid': ({ calls }) => `${n.count(calls)} 次呼叫可能已經計費：Dify 無法說明它們的結果。`,

  'task-ends-runners': ({ count }) =>
    `執行這個任務的程式連續 ${count} 次意外終止，其間沒有一列執行完。原因可能就在這個任務本身。繼續之前，請查看日誌和最先執行的幾列。`,
  'rowbot-failed-often': ({ log }) => `Rowbot 執行這個任務時多次出錯（${log}）。詳情見日誌。`,
  'with-hint': ({ error, hint }) => `${error}${hint}`,
})

function named(steps: string[]): string {
  return steps.length === 0 ? '' : `（${steps.map((step) => `「${step}」`).join('、')}）`
}

function inBrackets(titles: string[]): string {
  return titles.length === 0 ? '' : `（${titles.join('、')}）`
}
