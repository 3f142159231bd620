// Written by “bun run texts” from ../zh/tasks.ts: change that file, or scripts/zh-tw/words.ts.
import type { TaskLimit } from '../../../engine/limits.ts'
import type { tasks as english } from '../en/tasks.ts'
import type { Numbers } from '../numbers.ts'

export const tasks = (n: Numbers): ReturnType<typeof english> => ({
  title: (name, state) => `${name} · ${state}`,
  states: {
    pending: '等待中',
    running: '執行中',
    paused: '已暫停',
    completed: (ms) => `已完成，耗時 ${n.duration(ms)}`,
    failed: '因故障停止',
    cancelled: '已停止',
  },
  of: (done, total) => `${n.count(done)} / ${n.count(total)}`,
  done: (rows) => `成功 ${n.count(rows)}`,
  failed: (rows) => `失敗 ${n.count(rows)}`,
  cancelled: (rows) => `未執行 ${n.count(rows)}`,
  left: (rows) => `剩餘 ${n.count(rows)}`,
  waitForAnswer: (rows: number) => `${n.count(rows)} 列等待回答`,
  aMinute: (rows) => `每分鐘 ${n.rough(rows)} 列`,
  timeLeft: (ms) => `約剩 ${n.roughDuration(ms)}`,
  tokens: (tokens) => `${n.count(tokens)} 個 token`,
  price: (nano, currency) => n.price(nano, currency),
  aboutPrice: (nano, currency) => `≈ ${n.price(nano, currency)}`,
  spent: ({ nano, currency, guessed }) =>
    guessed > 0 ? `≈ ${n.price(nano, currency)}` : n.price(nano, currency),
  unpriced: (calls) => `${n.count(calls)} 次呼叫的費用未知`,
  unknownCalls: (calls) => `另有最多 ${n.count(calls)} 次呼叫未知`,
  amount: (limit) => amountText(limit, n),
  pausesAt: (limit) => `達到 ${amountText(limit, n)} 時暫停`,
  atLimit: ({ spent, limit, rowsLeft, rest, isUntold }) => {
    if (isUntold)
      return `上限為 ${amountText(limit, n)}，但 Dify 沒有提供費用，無法控制在上限內；還剩 ${n.count(rowsLeft)} 列。`
    const about = rest ? `，約需 ${amountText(rest, n)}` : ''
    return `已達上限：已花費 ${amountText(spent, n)}，上限 ${amountText(limit, n)}；還剩 ${n.count(rowsLeft)} 列${about}。`
  },
  maybePaid: (calls) => `有 ${n.count(calls)} 次呼叫可能已經計費：Dify 無法告知結果。`,
  duration: (ms) => n.duration(ms),
  slowed: (limit) => `已降為同時 ${n.count(limit)} 列：Dify 提示「請求過多」。`,
  paced: ({ perMinute, tokensPerMinute }) =>
    perMinute === undefined
      ? `已降為每分鐘 ${n.count(tokensPerMinute ?? 0)} 個 token：再多會被拒絕。`
      : `已降為每分鐘 ${n.count(perMinute)} 次呼叫：再多會被拒絕。`,
  trouble: (since, { rows, askedEveryMs, lastAnswer }) => [
    'Dify 自 ',
    since,
    ` 起沒有回應；${n.count(rows)} 列在等待，每 ${n.duration(askedEveryMs)}重試一次。最近一次：${lastAnswer}`,
  ],
  queued: (rows, ms) => `${n.count(rows)} 列在 Dify 的佇列中等待，目前約 ${n.duration(ms)}。`,
  silent: (rows, ms) => `${n.count(rows)} 次執行已有 ${n.duration(ms)}沒有任何訊息，正在向 Dify 查詢。`,
  pausing: (rows) => `還有 ${n.count(rows)} 列正在 Dify 中執行，會繼續執行完畢。`,
  leftOut: (rows) => `${n.count(rows)} 列未能執行，原因見結果檔案。`,
  failures: (count, error, rows) =>
    `${n.count(count)} × ${error.replace(/[.。]$/, '')}（第 ${rows.join('、')}${count > rows.length ? ' 等' : ''} 列）`,
  toLookAt: (rows) => `${n.count(rows)} 列待查看`,
  carried: (rows) => `${n.count(rows)} 列沿用此前任務的結果`,
  asOthers: (rows) => `${n.count(rows)} 列與其他列相同`,
  flagged: (count, flag, rows) =>
    `待查看：${n.count(count)} × ${flag}（第 ${rows.join('、')}${count > rows.length ? ' 等' : ''} 列）`,
  flags: {
    empty: () => '結果為空',
    refusal: () => '模型拒絕回答',
    cut: () => '句子沒有寫完',
    'no-json': () => '不是有效的 JSON',
    short: () => '比其他列短很多',
    'as-input': () => '與輸入相同',
    'as-others': (rows) => `與另外 ${n.count(rows)} 列相同`,
    script: () => '使用的文字與其他列不同',
    'odd-value': () => '不在其他列的值之內',
  },
  moreFailures: (rows) => `另有 ${n.count(rows)} 列因其他原因失敗，詳見結果檔案。`,
  stoppedAt: (settled, total, error) => `執行 ${n.count(settled)} / ${n.count(total)} 列後停止：${error}`,
  resultsStored: (results) => `已有的 ${n.count(results)} 筆結果都已保留。`,
  tokensUnknown: 'Dify 未提供此工作流程的 token 用量。',
  buttons: {
    pause: '暫停',
    stop: '停止',
    resume: '繼續',
    raise: (step) => `+${amountText(step, n)}`,
    results: '目前的結果',
    resultsThere: '已有的結果',
    resultsAgain: '重新傳送結果',
    retry: (rows) => `重試失敗的列（${n.count(rows)}）`,
    again: (rows) => `重試這 ${n.count(rows)} 列`,
    page: '開啟頁面',
  },
  haltedFor: (name, person) => [`${name} 已停止，需要您處理。`, person],
  pausedFor: (name, person) => [`${name} 已暫停，需要您處理。`, person],
  resultsOf: {
    running: (name, settled, total) => `${name}：目前的結果，${n.count(settled)}/${n.count(total)}`,
    paused: (name, settled, total) => `${name}：已暫停在 ${n.count(settled)}/${n.count(total)} 列`,
    ended: (name, settled, total) => `${name}：已停止在 ${n.count(settled)}/${n.count(total)} 列`,
    completed: (name, _settled, total) => `${name}：共 ${n.count(total)} 列的結果`,
  },
  inYours: (columns) => `您的原始檔案，新增 ${n.count(columns)} 欄`,
  inNew: (why) => `新的檔案：${why}`,
  whyNew: {
    kind: '只有 .xlsx 和 .xlsm 檔案可以直接新增欄',
    'no-room': '工作表已沒有空欄',
    'too-large': '新增欄後原始檔案會過大',
    'macro-sheets': '原始檔案含有巨集表',
    damaged: '原始檔案有損壞的部分',
    unusual: '原始檔案的結構較特殊，無法新增欄',
    'too-slow': '在原始檔案中新增欄耗時過長',
    stopped: '未能在原始檔案中新增欄',
    gone: '原始檔案已不再保留',
    'old-task': '任務由舊版 Rowbot 建立',
  },
  tooLarge: (id, link) =>
    link === undefined
      ? [`結果檔案太大，無法傳到這裡。管理員可以用「rowbot result ${id}」取得。`]
      : ['結果檔案太大，無法傳到這裡，請到', link, '下載。'],
  pageLink: '管理頁面',
  filesOfRows: (files) => `各列產生的 ${n.count(files)} 個檔案；檔名以列號開頭`,
  filesTooLarge: (id, link) =>
    link === undefined
      ? [`各列產生的檔案太大，無法傳到這裡。管理員可以用「rowbot result ${id}」取得。`]
      : ['各列產生的檔案太大，無法傳到這裡，請到', link, '下載。'],
  isDone: ' 已完成：',
  notices: {
    pending: (name) => `${name} 正在排隊`,
    running: (name, settled, total) => `${name} 正在執行：${n.count(settled)}/${n.count(total)}`,
    paused: (name, settled, total) => `${name} 已暫停在 ${n.count(settled)}/${n.count(total)}`,
    tried: (name, rows) => `${name} 已試執行 ${n.count(rows)} 列，等您處理`,
    completed: (name, done, failed) =>
      `${name} 已完成：成功 ${n.count(done)}${failed > 0 ? `，失敗 ${n.count(failed)}` : ''}`,
    failed: (name, settled, total) => `${name} 因故障停止在 ${n.count(settled)}/${n.count(total)}`,
    cancelled: (name, settled, total) => `${name} 已停止在 ${n.count(settled)}/${n.count(total)}`,
  },
  startedInThread: '已開始。進度和結果見下方的討論串。',
  private: {
    notYours: (name) => `這是 ${name} 的批次任務。您可以傳送檔案並 @我，建立自己的任務。`,
    unknown: (id) => `沒有編號為 ${id} 的任務。`,
    retried: (name, rows) => `${name}：${n.count(rows)} 列將重新執行。`,
    paused: (name) => `${name} 已暫停；正在 Dify 中執行的列會執行完畢。`,
    stopped: (name) => `${name} 已停止。`,
    resumed: (name) => `${name} 將繼續執行。`,
    raised: (name, limit) => `${name} 將繼續執行，上限為 ${amountText(limit, n)}。`,
    atLimit: (name) => `${name} 因達到上限而暫停。請提高上限後繼續。`,
    cannot: {
      pause: (name, state) => `無法暫停：${name} ${state}。`,
      stop: (name, state) => `無法停止：${name} ${state}。`,
      resume: (name, state) => `無法繼續：${name} ${state}。`,
    },
    fileTooLarge: '檔案太大，無法傳到這裡，請聯絡管理員取得。',
    fileComes: '正在產生檔案，請稍候。',
    fileNotSent: '檔案暫時無法傳送，請過一分鐘再試。',
    sentDirectly: (file) => `${file} 已用私訊傳給您。`,
    nothingToLookAt: '這個任務沒有待查看的列。',
    nothingFailed: (name) => `${name} 沒有失敗的列。`,
  },
  statusNames: {
    pending: '正在等待',
    running: '正在執行',
    paused: '已暫停',
    completed: '已完成',
    failed: '已因故障停止',
    cancelled: '已停止',
  },
})

function amountText(limit: TaskLimit, n: Numbers): string {
  return 'tokens' in limit ? `${n.count(limit.tokens)} 個 token` : n.price(limit.nano, limit.currency)
}
